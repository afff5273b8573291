"""Reports as one self-contained HTML file: no request, no library, charts as inline SVG."""

from efficientsam3_ros.evaluation.report.comparison import write_comparison
from efficientsam3_ros.evaluation.report.report import write_report

__all__ = ['write_comparison', 'write_report']
