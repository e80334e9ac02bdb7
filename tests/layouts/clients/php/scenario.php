<?php
// What both programs do with their login, rotate, logout and isAlive: 500 logins, 120 logouts, 30 changes of ids, 80 expiries. Then
// $users are the ids of those who are logged in, and $alive is how many sessions live.

$visitors = [];
for ($i = 0; $i < 80; $i++) {
    $visitors[] = login("visitor-$i", SHORT);
}
$users = [];
for ($i = 0; $i < 420; $i++) {
    $users[] = login("user-$i", LONG);
}
foreach (array_splice($users, 0, 120) as $id) {
    logout($id);
}
for ($i = 0; $i < 30; $i++) {
    $users[$i] = rotate($users[$i]);
}
usleep((int) ((SHORT + 0.2) * 1_000_000));
$alive = count(array_filter([...$visitors, ...$users], isAlive(...)));
