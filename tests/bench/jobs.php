<?php
// The peer: the job list as a PHP page, from the same database, with the session looked up as ours is.
$db = new PDO('sqlite:' . getenv('BENCH_DB'), null, null, [PDO::ATTR_PERSISTENT => true]);
$secret = $_COOKIE['wattledger'] ?? '';
$who = $db->prepare('SELECT u.email, u.name FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.secret_hash = ?');
$who->bindValue(1, hash('sha256', $secret, true), PDO::PARAM_LOB);
$who->execute();
$user = $who->fetch(PDO::FETCH_ASSOC);
if (!$user) {
	// The session's hash is ours to choose; without it the page is only cheaper for PHP.
	$user = ['email' => '', 'name' => ''];
}
function e($s) { return htmlspecialchars((string) $s, ENT_QUOTES); }
$jobs = $db->query('SELECT j.*, u.email AS user_email FROM jobs j LEFT JOIN users u ON u.id = j.user_id ' .
	'ORDER BY j.id DESC LIMIT 100')->fetchAll(PDO::FETCH_ASSOC);
$total = $db->query('SELECT count(*) FROM jobs')->fetchColumn();
header('Cache-Control: no-store');
?><!doctype html><html lang="en"><head><meta charset="utf-8"><title>Jobs</title></head><body><h1>Jobs</h1>
<p><?= e($total) ?> jobs, signed in as <?= e($user['email']) ?></p><table><tr><th>File<th>Type<th>Status<th>Rows<th>Imported<th>Failed<th>Queued<th>By</tr>
<?php foreach ($jobs as $j): ?>
<tr><td><a href="/admin/imports/status/<?= e($j['batch_id']) ?>"><?= e($j['filename']) ?></a></td><td><?= e($j['import_type']) ?></td>
<td><?= e($j['status']) ?></td><td><?= number_format($j['total_rows']) ?></td><td><?= number_format($j['imported_rows']) ?></td>
<td><?= number_format($j['failed_rows']) ?></td><td><?= e(gmdate('Y-m-d H:i:s', (int) $j['queued_at'])) ?></td><td><?= e($j['user_email']) ?></td></tr>
<?php endforeach ?>
</table></body></html>
