"""Reports as one self-contained HTML file: Bokeh charts, Jinja2 templates, no request."""

from efficientsam3_ros.evaluation.report.comparison import comparison_page
from efficientsam3_ros.evaluation.report.report import report_page

__all__ = ['comparison_page', 'report_page']
