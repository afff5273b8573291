"""Reports as one self-contained HTML file: no request, no library, charts as inline SVG."""

from efficientsam3_ros.evaluation.html.comparison import write_comparison
from efficientsam3_ros.evaluation.html.report import write_report

__all__ = ['write_comparison', 'write_report']
