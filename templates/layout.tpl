{{%AUTOESCAPE context="HTML"}}
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{TITLE}} · Wattledger</title>
<link rel="icon" href="{{ICON_URL}}" type="image/svg+xml">
<link rel="stylesheet" href="{{CSS_URL}}">
<script src="{{JS_URL}}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<div class="wide">
<a class="brand" href="{{BASE}}/admin"><img src="{{ICON_URL}}" alt="" width="28" height="28"><span>Wattledger</span></a>
{{#SIGNED_IN}}
<nav aria-label="Main">
<ul>
{{#NAV_ITEM}}
<li><a href="{{HREF}}"{{#HERE}} aria-current="page"{{/HERE}}>{{LABEL}}</a></li>
{{/NAV_ITEM}}
</ul>
</nav>
<form class="who" method="post" action="{{BASE}}/logout">
<input type="hidden" name="csrf" value="{{CSRF}}">
<a class="email" href="{{BASE}}/admin/profile">{{EMAIL}}</a>
<a class="settings" href="{{BASE}}/admin/settings">Settings</a>
<button class="quiet" type="submit">Sign out</button>
</form>
{{/SIGNED_IN}}
</div>
{{#DEVELOPMENT}}
<p class="development"><span class="wide">Development mode: plain HTTP is allowed. Do not put this on the internet.</span></p>
{{/DEVELOPMENT}}
</header>
<main id="main" class="wide" tabindex="-1">
{{>CONTENT}}
</main>
<footer class="wide">
<p>Wattledger {{VERSION}} · <a href="{{BASE}}/docs">API</a>{{#WITH_ZONE}} · Times are in {{TIME_ZONE}}{{/WITH_ZONE}}</p>
</footer>
</body>
</html>
