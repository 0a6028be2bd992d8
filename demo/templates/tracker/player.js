navigator.sendBeacon("{{ tracker("www.youtube.com") }}/api/stats/qoe?event=streamingstats&demo={{ mark }}");
try { localStorage.setItem("yt-remote-device-id", String(Math.random())); } catch (refused) { /* third-party storage is off */ }
