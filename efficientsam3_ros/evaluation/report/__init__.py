"""Reports as one self-contained HTML file: Bokeh charts, Jinja2 templates, no request."""

from efficientsam3_ros.evaluation.report.comparison import write_comparison
from efficientsam3_ros.evaluation.report.report import write_report

__all__ = ['write_comparison', 'write_report']
