#!/bin/sh
# curl by its own defaults: whole replies with their headers, one after the other; a body over 1 MB makes it ask with `Expect: 100-continue`.
# $OPENAI_BASE_URL and $OPENAI_API_KEY say where; $1 is the folder for the replies.
set -eu
question='Should we invite Emily Clark to an interview? She has six years of practice.'
tool='{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}'
schema='{"type":"json_schema","json_schema":{"name":"visit","schema":{"type":"object","properties":{"city":{"type":"string"}}}}}'

ask() { # ask TASK PATH [BODY [OPTION ...]]
    task=$1 path=$2 body=${3-}
    [ $# -gt 3 ] && shift 3 || shift $#
    set -- "$@" -sS -D "$folder/$task.head" -o "$folder/$task.body" -H "Authorization: Bearer $OPENAI_API_KEY" "$OPENAI_BASE_URL$path"
    [ -z "$body" ] || set -- "$@" -H 'Content-Type: application/json' --data-binary "$body"
    curl "$@"
}

body() { printf '{"model":"%s","messages":[{"role":"user","content":"%s"}]%s}' "$1" "$question" "$2"; }

folder=$1
ask chat /chat/completions "$(body model-one '')"
ask compressed /chat/completions "$(body model-one '')" -H 'Accept-Encoding: gzip'
ask stream /chat/completions "$(body model-one ',"stream":true,"stream_options":{"include_usage":true}')" -N
ask tools /chat/completions "$(body model-one ",\"tools\":[$tool]")"
ask stream_tools /chat/completions "$(body model-one ",\"stream\":true,\"tools\":[$tool]")" -N
ask structured /chat/completions "$(body model-one ",\"response_format\":$schema")"
ask embeddings /embeddings '{"model":"model-one","input":["one","two words"]}'
ask models '/models?limit=2&after=a%2Fb'
ask stream_responses /responses "{\"model\":\"model-one\",\"input\":\"$question\",\"stream\":true}" -N
ask error /chat/completions "$(body strict-model '')"
body model-one ",\"user\":\"$(head -c 1100000 /dev/zero | tr '\0' x)\"" >"$folder/large.json"
ask large /chat/completions "@$folder/large.json"
