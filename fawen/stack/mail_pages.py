"""The two pages of the local post office. Rendered with auto-escaping: mails are strangers' text."""

from __future__ import annotations

_HEAD = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{% block title %}{% endblock %}</title>
<style>
body { font: 16px/1.6 system-ui, "Noto Sans CJK SC", sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #bbb }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f5f5f5; padding: 1rem; font: inherit }
</style></head><body><main>"""

_LIST = """{% extends "page" %}{% block title %}本机邮件 Local mail{% endblock %}{% block main %}
<h1>本机邮件 <span lang="en">Local mail</span></h1>
<p>演示环境发出的邮件都停在这里，不会寄给任何人。<span lang="en">Mails of this stack stop here; nobody receives them.</span></p>
{% if mails %}<table><thead><tr><th scope="col">时间 Time</th><th scope="col">收件人 To</th><th scope="col">主题 Subject</th></tr></thead>
<tbody>{% for mail in mails %}<tr><td>{{ mail.received_at.strftime("%H:%M:%S") }}</td><td>{{ mail.to | join(", ") }}</td>
<td><a href="/{{ mail.id }}">{{ mail.subject or "（无主题 no subject）" }}</a></td></tr>{% endfor %}</tbody></table>
{% else %}<p>还没有邮件。<span lang="en">No mail yet.</span></p>{% endif %}{% endblock %}"""

_MAIL = """{% extends "page" %}{% block title %}{{ mail.subject }}{% endblock %}{% block main %}
<p><a href="/">全部邮件 All mails</a></p><h1>{{ mail.subject or "（无主题 no subject）" }}</h1>
<table><tbody><tr><th scope="row">投递给 Delivered to</th><td>{{ mail.to | join(", ") }}</td></tr>
{% for name, value in mail.headers %}<tr><th scope="row">{{ name }}</th><td>{{ value }}</td></tr>{% endfor %}</tbody></table>
<pre>{{ mail.text }}</pre>{% endblock %}"""

PAGES = {
    "page": _HEAD + "{% block main %}{% endblock %}</main></body></html>",
    "list": _LIST,
    "mail": _MAIL,
}
