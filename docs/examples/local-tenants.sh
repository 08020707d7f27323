#!/usr/bin/env bash
# Puts two tenants with two knowledge bases each on one server, a document into each, and asks the
# same question everywhere: an ingestion test of one machine. Ends with 1 when an answer holds a word
# of another place. Running it again changes nothing and asks again.
#
# usage: local-tenants.sh URL KEY    (KEY: the API key of an operator of the server)
set -euo pipefail

url=${1:?say where the server is, such as http://localhost:9621}
operator="X-API-Key: ${2:?give the API key of an operator}"
api=$url/api/v1
password='a long demo password'

# call CREDENTIAL METHOD URL [JSON]: prints the answer, fails with it unless it is a success
call() {
  local body=()
  if [ $# -gt 3 ]; then body=(-H 'Content-Type: application/json' -d "$4"); fi
  curl -sS --fail-with-body -H "$1" -X "$2" "$3" "${body[@]}"
}

# once URL CREDENTIAL METHOD URL JSON: the call, unless the first address is already there
once() {
  curl -sS -o /dev/null --fail -H "$2" "$1" 2>/dev/null || call "$2" "$3" "$4" "$5" >/dev/null
}

# field NAME: prints a text of the JSON that it reads
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

# The word that only the document of a place holds.
word_of() {
  case $1 in
  acme/manuals) echo cobalt ;;
  acme/contracts) echo saffron ;;
  techstart/manuals) echo juniper ;;
  techstart/contracts) echo walnut ;;
  esac
}
places='acme/manuals acme/contracts techstart/manuals techstart/contracts'

for tenant in acme techstart; do
  once "$api/admin/users/$tenant-owner" "$operator" POST "$api/admin/users" \
    "{\"username\": \"$tenant-owner\", \"password\": \"$password\"}"
  owner=$(call "$operator" GET "$api/admin/users/$tenant-owner" | field user_id)
  once "$api/tenants/$tenant" "$operator" POST "$api/tenants" \
    "{\"name\": \"$tenant\", \"slug\": \"$tenant\", \"owner\": \"$owner\"}"
done

sign_in() {
  local token
  token=$(curl -sS --fail-with-body -d username="$1" -d password="$password" "$url/login" |
    field access_token)
  echo "Authorization: Bearer $token"
}

for place in $places; do
  tenant=${place%/*}
  kb=${place#*/}
  as=$(sign_in "$tenant-owner")
  once "$api/tenants/$tenant/kbs/$kb" "$as" POST "$api/tenants/$tenant/kbs" \
    "{\"name\": \"$kb\", \"slug\": \"$kb\"}"
  curl -sS --fail-with-body -o /dev/null -H "$as" -H "X-Tenant-ID: $tenant" -H "X-KB-ID: $kb" \
    -F "file=@-;filename=colour.md" "$url/documents/upload?wait=60" <<TEXT
# Colours

The door of the archive is painted in $(word_of "$place").
TEXT
done

crossed=0
for place in $places; do
  tenant=${place%/*}
  kb=${place#*/}
  answer=$(curl -sS --fail-with-body -H "$(sign_in "$tenant-owner")" \
    -H "X-Tenant-ID: $tenant" -H "X-KB-ID: $kb" -H 'Content-Type: application/json' \
    -d '{"query": "In what colour is the door of the archive painted?"}' "$url/query")
  for other in $places; do
    case $answer in
    *"$(word_of "$other")"*) [ "$other" = "$place" ] || crossed=1 ;;
    *) [ "$other" != "$place" ] || crossed=1 ;;
    esac
  done
  echo "$place: $(word_of "$place")"
done

if [ $crossed = 0 ]; then echo 'each place knows its own colour alone'; else
  echo 'an answer held a foreign word, or not its own' >&2
  exit 1
fi
