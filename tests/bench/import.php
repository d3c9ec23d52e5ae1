<?php
// The peer: what a PHP application does with a half-hourly CSV. php import.php FILE DB
[$_, $file, $path] = $argv;
$db = new PDO("sqlite:$path", null, null, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
$db->exec('PRAGMA journal_mode=truncate');
$db->exec('PRAGMA synchronous=full');
$db->exec('CREATE TABLE meters (id INTEGER PRIMARY KEY, mpan TEXT UNIQUE)');
$db->exec('CREATE TABLE readings (meter_id INTEGER, at INTEGER, value TEXT, PRIMARY KEY (meter_id, at)) WITHOUT ROWID');
$meter = $db->prepare('INSERT INTO meters (mpan) VALUES (?)');
$insert = $db->prepare('INSERT OR REPLACE INTO readings (meter_id, at, value) VALUES (?, ?, ?)');
$in = fopen($file, 'r');
fgetcsv($in);
$ids = [];
$lines = 0;
$db->beginTransaction();
while (($row = fgetcsv($in)) !== false) {
	if (!isset($ids[$row[0]])) {
		$meter->execute([$row[0]]);
		$ids[$row[0]] = (int) $db->lastInsertId();
	}
	$at = (new DateTimeImmutable($row[1], new DateTimeZone('Europe/London')))->getTimestamp();
	for ($i = 0; $i < 48; $i++) {
		if ($row[2 + $i] !== '') {
			$insert->execute([$ids[$row[0]], $at + 1800 * $i, $row[2 + $i]]);
		}
	}
	if (++$lines % 1000 === 0) {
		$db->commit();
		$db->beginTransaction();
	}
}
$db->commit();
echo "$lines\n";
