{{%AUTOESCAPE context="HTML"}}
<input type="hidden" name="draft" value="{{ID}}"><input type="hidden" name="draft_version" value="{{AT_VERSION}}"><input type="hidden" name="draft_form" value="{{FORM}}"><input type="hidden" name="draft_subject" value="{{SUBJECT}}">
<script src="{{SCRIPT}}" defer></script>
<p><button type="submit" class="quiet" formaction="{{BASE}}/admin/drafts" formnovalidate data-save-draft>Save draft</button></p>
<p class="state" role="status" data-state data-base="{{BASE}}" data-page="{{PAGE}}"{{#SAVED}} data-saved="{{ISO}}"{{/SAVED}}></p>
