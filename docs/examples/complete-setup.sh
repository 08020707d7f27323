#!/usr/bin/env bash
# Sets a tenant up from nothing: users, quota, configuration, a knowledge base, members, a document,
# a question, a key for a program; then takes it away from a member again.
#
# usage: complete-setup.sh URL KEY    (KEY: the API key of an operator of the server)
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

# status CREDENTIAL METHOD URL [JSON]: prints the status alone
status() {
  curl -sS -o /dev/null -w '%{http_code}' -H "$1" -X "$2" "$3" \
    -H 'Content-Type: application/json' -d "${4:-"{}"}"
}

# field NAME: prints a text of the JSON that it reads
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

sign_in() {
  local token
  token=$(curl -sS --fail-with-body -d username="$1" -d password="$password" "$url/login" |
    field access_token)
  echo "Authorization: Bearer $token"
}

step() { echo "== $*"; }

step 'An operator creates three users'
for name in ann bea cal; do
  call "$operator" POST "$api/admin/users" "{\"username\": \"$name\", \"password\": \"$password\"}"
  echo
done
id_of() { call "$operator" GET "$api/admin/users/$1" | field user_id; }
owner=$(id_of ann)

step 'and a tenant that belongs to ann, with a small plan'
call "$operator" POST "$api/tenants" "{
  \"name\": \"Acme Corporation\", \"slug\": \"acme\", \"owner\": \"$owner\",
  \"description\": \"Makes pumps\", \"metadata\": {\"industry\": \"technology\"},
  \"quota\": {
    \"max_documents\": 5000, \"max_storage_gb\": 50,
    \"max_concurrent_queries\": 5, \"max_monthly_api_calls\": 50000
  }
}"
echo

ann=$(sign_in ann)
bea=$(sign_in bea)
cal=$(sign_in cal)

step 'ann chooses how it searches'
call "$ann" PATCH "$api/tenants/acme/config" '{"top_k": 50, "chunk_size": 800}'
echo

step 'creates a knowledge base'
call "$ann" POST "$api/tenants/acme/kbs" '{"name": "Manuals", "description": "Of our pumps"}'
echo

step 'and adds an editor and a viewer by their ids; by their names they would be invited'
call "$ann" POST "$api/tenants/acme/members" "{\"user_id\": \"$(id_of bea)\", \"role\": \"editor\"}"
echo
call "$ann" POST "$api/tenants/acme/members" "{\"user_id\": \"$(id_of cal)\", \"role\": \"viewer\"}"
echo

manuals=$api/tenants/acme/kbs/manuals
step 'bea, the editor, puts a document in'
track=$(call "$bea" POST "$manuals/documents/text" \
  '{"text": "The pump house of Acme opens at six.", "file_source": "hours.txt"}' | field track_id)
until call "$bea" GET "$manuals/documents/track_status/$track" | grep -q '"status":"processed"'; do
  sleep 0.2
done
echo "$track is processed"

question='{"query": "When does the pump house open?"}'
step 'cal, the viewer, asks'
call "$cal" POST "$manuals/query" "$question"
echo

step 'and is refused when they upload'
status "$cal" POST "$manuals/documents/text" '{"text": "Something else."}'
echo

step 'ann makes a key for a program, which names the place in headers instead of the path'
key=$(call "$ann" POST "$api/tenants/acme/api-keys" \
  '{"name": "website", "role": "viewer:read-only", "kb_ids": ["manuals"], "rate": 60}' | field key)
curl -sS --fail-with-body -H "X-API-Key: $key" -H 'X-Tenant-ID: acme' -H 'X-KB-ID: manuals' \
  -H 'Content-Type: application/json' -d "$question" "$url/query"
echo

step 'removes the editor, whose very next request is refused'
call "$ann" DELETE "$api/tenants/acme/members/bea"
status "$bea" POST "$manuals/query" "$question"
echo

step 'and looks at what the tenant uses, and at what was done'
call "$ann" GET "$api/tenants/acme/quota"
echo
call "$ann" GET "$api/tenants/acme/audit/export"
