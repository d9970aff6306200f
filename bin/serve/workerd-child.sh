#!/bin/sh
# Starts workerd so that it never outlives the server: its pid is noted for the next start, and where the system can (Linux),
# it dies with its parent. A Ctrl-C in the terminal goes to the server alone, which lets open requests finish first.
echo $$ >"$T_MINUS_RUNTIME_PID_FILE" || exit 1
trap '' INT HUP
if setpriv --pdeathsig KILL true 2>/dev/null; then
  exec setpriv --pdeathsig KILL "$T_MINUS_WORKERD" "$@"
fi
exec "$T_MINUS_WORKERD" "$@"
