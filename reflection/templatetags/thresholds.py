"""{% least_in_room as few %}{% blocktranslate %}… mindst {{ few }} …{% endblocktranslate %}"""

from django import template

from reflection import thresholds

register = template.Library()

register.simple_tag(thresholds.least_in_room)
register.simple_tag(thresholds.least_outside)
