# bash completion for sigv4 (bash 3.2 and later). Generated from the command tree by scripts/generate.mjs: do not edit.
#
# Names of profiles, buckets and keys are data here: read between NULs, compared, quoted, and never expanded again.

# The options of command $1, into $options.
_sigv4_options() {
  options=''
  case $1 in
  '') options='-V --version -h --help --profile --region --endpoint-url --credentials --no-sign-request --no-cache --debug --color --ca-bundle --no-verify-ssl --connect-timeout --read-timeout --role-arn --external-id --session-name --duration --mfa-serial --mfa-code --policy --policy-arn --tag --transitive-tag --source-identity' ;;
  'sign') options='-V --version -X --request -H --header -d --data --data-raw --data-binary --service --host --path --query --date --presign --expires --algorithm --region-set --payload-hash --unsigned-payload --content-sha256 --no-content-sha256 --signed-header --unsigned-header --omit-session-token --path-encoding --normalize-path --no-normalize-path --format --batch --bucket --explain --profile --region --endpoint-url --credentials --no-sign-request --no-cache --debug --color --ca-bundle --no-verify-ssl --connect-timeout --read-timeout --role-arn --external-id --session-name --duration --mfa-serial --mfa-code --policy --policy-arn --tag --transitive-tag --source-identity -h --help' ;;
  'curl') options='-V --version -X --request -H --header -d --data --data-ascii --data-raw --data-binary --data-urlencode --json -F --form --form-string -T --upload-file -G --get --url-query -I --head -A --user-agent -e --referer -b --cookie -r --range --compressed --url --http1.1 -q --disable -g --globoff --path-as-is -o --output -O --remote-name --remote-name-all --output-dir --create-dirs -i --include -D --dump-header -w --write-out -s --silent -S --show-error -v --verbose --progress-meter -# --progress-bar -N --no-buffer -f --fail --fail-with-body --fail-early --max-filesize -L --location --location-trusted --max-redirs --post301 --post302 --post303 --retry --retry-delay --retry-max-time --retry-connrefused --retry-all-errors --connect-timeout --read-timeout -m --max-time -x --proxy --noproxy --resolve --connect-to --unix-socket -4 --ipv4 -6 --ipv6 --limit-rate -k --insecure --cacert -E --cert --key --expect100-timeout --service --sign-chunks --checksum --action --api-version --target --event-stream --dry-run --aws-sigv4 -u --user --profile --region --endpoint-url --credentials --no-sign-request --no-cache --debug --color --ca-bundle --no-verify-ssl --role-arn --external-id --session-name --duration --mfa-serial --mfa-code --policy --policy-arn --tag --transitive-tag --source-identity -h --help' ;;
  'verify') options='-V --version --response --body --date --service --path-encoding --normalize-path --no-normalize-path --omit-session-token --serve --bucket-dir --format --profile --region --endpoint-url --credentials --no-sign-request --no-cache --debug --color --ca-bundle --no-verify-ssl --connect-timeout --read-timeout --role-arn --external-id --session-name --duration --mfa-serial --mfa-code --policy --policy-arn --tag --transitive-tag --source-identity -h --help' ;;
  'assume') options='-V --version --format --profile-name --unset --console --profile --region --endpoint-url --credentials --no-sign-request --no-cache --debug --color --ca-bundle --no-verify-ssl --connect-timeout --read-timeout --role-arn --external-id --session-name --duration --mfa-serial --mfa-code --policy --policy-arn --tag --transitive-tag --source-identity -h --help' ;;
  'ls') options='-V --version -r --recursive --versions --start-after --max-items --delimiter --no-glob --include --exclude --newer --older --larger --smaller --storage-class --sort --reverse --group-by --fail-empty -l --human --human-readable --summarize -1 -0 --format --fetch-owner --page-size --concurrency --no-parallel --no-heal --request-payer --path-style --virtual-host --dualstack --fips --accelerate --profile --region --endpoint-url --credentials --no-sign-request --no-cache --debug --color --ca-bundle --no-verify-ssl --connect-timeout --read-timeout --role-arn --external-id --session-name --duration --mfa-serial --mfa-code --policy --policy-arn --tag --transitive-tag --source-identity -h --help' ;;
  'whoami') options='-V --version --format --profile --region --endpoint-url --credentials --no-sign-request --no-cache --debug --color --ca-bundle --no-verify-ssl --connect-timeout --read-timeout --role-arn --external-id --session-name --duration --mfa-serial --mfa-code --policy --policy-arn --tag --transitive-tag --source-identity -h --help' ;;
  'completion') options='-V --version -h --help' ;;
  esac
}

# Where the value of option $2 of command $1 comes from, into $kind; fails for an option that takes none.
_sigv4_option_value() {
  kind='none'
  case $1 in
  '')
    case $2 in
    --profile) kind='asked profile' ;;
    --region) kind='asked region' ;;
    --endpoint-url | --connect-timeout | --read-timeout | --external-id | --session-name | --duration | --mfa-code | --policy-arn | --tag | --transitive-tag | --source-identity) kind='none' ;;
    --credentials | --ca-bundle) kind='file' ;;
    --color) kind='words auto always never' ;;
    --role-arn) kind='asked role' ;;
    --mfa-serial) kind='asked mfa-serial' ;;
    --policy) kind='file-after-at' ;;
    *) return 1 ;;
    esac
    ;;
  'sign')
    case $2 in
    -X | --request) kind='words GET HEAD PUT POST PATCH DELETE OPTIONS' ;;
    -H | --header | -d | --data | --data-binary | --policy) kind='file-after-at' ;;
    --data-raw | --host | --path | --query | --date | --expires | --region-set | --payload-hash | --signed-header | --unsigned-header | --endpoint-url | --connect-timeout | --read-timeout | --external-id | --session-name | --duration | --mfa-code | --policy-arn | --tag | --transitive-tag | --source-identity) kind='none' ;;
    --service) kind='asked service' ;;
    --algorithm) kind='words sigv4 sigv4a' ;;
    --path-encoding) kind='words single double' ;;
    --format) kind='words headers url curl curl-config http httpie fetch python json' ;;
    --bucket) kind='asked bucket' ;;
    --profile) kind='asked profile' ;;
    --region) kind='asked region' ;;
    --credentials | --ca-bundle) kind='file' ;;
    --color) kind='words auto always never' ;;
    --role-arn) kind='asked role' ;;
    --mfa-serial) kind='asked mfa-serial' ;;
    *) return 1 ;;
    esac
    ;;
  'curl')
    case $2 in
    -X | --request) kind='words GET HEAD PUT POST PATCH DELETE OPTIONS' ;;
    -H | --header | -d | --data | --data-binary | --policy) kind='file-after-at' ;;
    --data-ascii | --data-raw | --data-urlencode | --json | -F | --form | --form-string | --url-query | -A | --user-agent | -e | --referer | -b | --cookie | -r | --range | --url | -w | --write-out | --max-filesize | --max-redirs | --retry | --retry-delay | --retry-max-time | --connect-timeout | --read-timeout | -m | --max-time | -x | --proxy | --noproxy | --resolve | --connect-to | --unix-socket | --limit-rate | --expect100-timeout | --checksum | --action | --api-version | --aws-sigv4 | -u | --user | --endpoint-url | --external-id | --session-name | --duration | --mfa-code | --policy-arn | --tag | --transitive-tag | --source-identity) kind='none' ;;
    -T | --upload-file | -o | --output | -D | --dump-header | --cacert | -E | --cert | --key | --credentials | --ca-bundle) kind='file' ;;
    --output-dir) kind='directory' ;;
    --service) kind='asked service' ;;
    --target) kind='asked s3' ;;
    --profile) kind='asked profile' ;;
    --region) kind='asked region' ;;
    --color) kind='words auto always never' ;;
    --role-arn) kind='asked role' ;;
    --mfa-serial) kind='asked mfa-serial' ;;
    *) return 1 ;;
    esac
    ;;
  'verify')
    case $2 in
    --response | --body | --credentials | --ca-bundle) kind='file' ;;
    --date | --serve | --endpoint-url | --connect-timeout | --read-timeout | --external-id | --session-name | --duration | --mfa-code | --policy-arn | --tag | --transitive-tag | --source-identity) kind='none' ;;
    --service) kind='asked service' ;;
    --path-encoding) kind='words single double' ;;
    --bucket-dir) kind='directory' ;;
    --format) kind='words text json' ;;
    --profile) kind='asked profile' ;;
    --region) kind='asked region' ;;
    --color) kind='words auto always never' ;;
    --role-arn) kind='asked role' ;;
    --mfa-serial) kind='asked mfa-serial' ;;
    --policy) kind='file-after-at' ;;
    *) return 1 ;;
    esac
    ;;
  'assume')
    case $2 in
    --format) kind='words env bash fish powershell cmd nu tcsh dotenv json ini github-actions docker' ;;
    --profile-name | --endpoint-url | --connect-timeout | --read-timeout | --external-id | --session-name | --duration | --mfa-code | --policy-arn | --tag | --transitive-tag | --source-identity) kind='none' ;;
    --profile) kind='asked profile' ;;
    --region) kind='asked region' ;;
    --credentials | --ca-bundle) kind='file' ;;
    --color) kind='words auto always never' ;;
    --role-arn) kind='asked role' ;;
    --mfa-serial) kind='asked mfa-serial' ;;
    --policy) kind='file-after-at' ;;
    *) return 1 ;;
    esac
    ;;
  'ls')
    case $2 in
    --start-after | --max-items | --delimiter | --include | --exclude | --newer | --older | --larger | --smaller | --storage-class | --page-size | --concurrency | --request-payer | --endpoint-url | --connect-timeout | --read-timeout | --external-id | --session-name | --duration | --mfa-code | --policy-arn | --tag | --transitive-tag | --source-identity) kind='none' ;;
    --sort) kind='words key size date' ;;
    --group-by) kind='words prefix class age extension' ;;
    --format) kind='words text json ndjson csv tsv' ;;
    --profile) kind='asked profile' ;;
    --region) kind='asked region' ;;
    --credentials | --ca-bundle) kind='file' ;;
    --color) kind='words auto always never' ;;
    --role-arn) kind='asked role' ;;
    --mfa-serial) kind='asked mfa-serial' ;;
    --policy) kind='file-after-at' ;;
    *) return 1 ;;
    esac
    ;;
  'whoami')
    case $2 in
    --format) kind='words text json' ;;
    --profile) kind='asked profile' ;;
    --region) kind='asked region' ;;
    --endpoint-url | --connect-timeout | --read-timeout | --external-id | --session-name | --duration | --mfa-code | --policy-arn | --tag | --transitive-tag | --source-identity) kind='none' ;;
    --credentials | --ca-bundle) kind='file' ;;
    --color) kind='words auto always never' ;;
    --role-arn) kind='asked role' ;;
    --mfa-serial) kind='asked mfa-serial' ;;
    --policy) kind='file-after-at' ;;
    *) return 1 ;;
    esac
    ;;
  'completion')
    case $2 in
    *) return 1 ;;
    esac
    ;;
  esac
}

# Where the operands of command $1 come from, into $kind.
_sigv4_operands() {
  kind='none'
  case $1 in
  'sign') kind='asked s3' ;;
  'curl') kind='asked s3' ;;
  'verify') kind='file' ;;
  'assume') kind='asked role' ;;
  'ls') kind='asked s3' ;;
  'completion') kind='words bash zsh fish' ;;
  esac
}

# Whether word $2 of command $1 is an option whose value is the next word; where from, into $kind.
_sigv4_awaits_value() {
  local letters=${2#-}
  case $2 in
  --*=*) return 1 ;;
  --*) _sigv4_option_value "$1" "$2" ;;
  *)
    # Several short options in one word: the first that takes a value takes the rest of the word, if there is one.
    while [[ $letters ]]; do
      if _sigv4_option_value "$1" "-${letters:0:1}"; then
        [[ ${#letters} == 1 ]]
        return
      fi
      letters=${letters:1}
    done
    return 1
    ;;
  esac
}

# Splits line $1 into $words, without their quotes. Of the last word, the one to complete: $quote is the quote that is
# open, $head the part of the value that readline leaves alone, $closed says that a quote was closed in it.
_sigv4_split() {
  local line=$1 value='' started='' character next i
  words=() quote='' head='' closed=''
  for ((i = 0; i < ${#line}; i++)); do
    character=${line:i:1} next=${line:i+1:1}
    case $quote$character in
    "''" | '""') quote='' closed=1 ;;
    '"\')
      case $next in
      '"' | '\' | '$' | '`')
        value+=$next
        ((i += 1))
        ;;
      *) value+=$character ;;
      esac
      ;;
    "'"? | '"'?) value+=$character ;;
    "'" | '"') quote=$character started=1 head=$value ;;
    '\')
      value+=$next started=1
      ((i += 1))
      ;;
    ' ' | $'\t' | $'\n')
      [[ $started ]] && words+=("$value")
      value='' started='' head='' closed=''
      ;;
    @)
      # Readline breaks words before an @, to complete host names.
      [[ $COMP_WORDBREAKS == *@* ]] && head=$value
      value+=@ started=1
      ;;
    *)
      value+=$character started=1
      [[ $COMP_WORDBREAKS == *"$character"* ]] && head=$value
      ;;
    esac
  done
  words+=("$value")
}

# Every candidate of kind $1 for the rest of the word behind $prefix, into $found.
_sigv4_find() {
  local word program=${words[0]}
  case $1 in
  'words '*)
    # Words of ours: none holds a character that means something here.
    for word in ${1#words }; do found+=("$prefix$word"); done
    ;;
  'asked '*)
    type -P -- "$program" >/dev/null || program=sigv4
    while IFS= read -r -d '' word; do
      found+=("$prefix$word")
    done < <("$program" candidates -- "${1#asked }" "${current:${#prefix}}" "${words[@]}" </dev/null 2>/dev/null)
    ;;
  file | directory)
    # Readline knows ~ and quotes by itself, but not what stands behind an =.
    if [[ ! $prefix ]] && type compopt >/dev/null 2>&1; then
      if [[ $1 == file ]]; then compopt -o default; else compopt -o dirnames; fi
    else
      _sigv4_find_files "$1"
    fi
    ;;
  file-after-at)
    prefix+=@
    [[ $current == "$prefix"* ]] && _sigv4_find_files file
    ;;
  esac
}

_sigv4_find_files() {
  local path
  for path in "${current:${#prefix}}"*; do
    if [[ -d $path ]]; then
      found+=("$prefix$path/")
    elif [[ $1 == file && -e $path ]]; then
      found+=("$prefix$path")
    fi
  done
}

# Quotes $1 for the command line, inside the quote that is open, into $quoted.
_sigv4_quote() {
  local single="'" double='"' backslash='\' dollar='$' backtick='`'
  quoted=$1
  case $quote in
  "'") quoted=${quoted//"$single"/"$single$backslash$single$single"} ;;
  '"')
    quoted=${quoted//"$backslash"/"$backslash$backslash"}
    quoted=${quoted//"$double"/"$backslash$double"}
    quoted=${quoted//"$dollar"/"$backslash$dollar"}
    quoted=${quoted//"$backtick"/"$backslash$backtick"}
    ;;
  *) [[ $quoted ]] && printf -v quoted %q "$quoted" ;;
  esac
}

# The longest beginning that all of $@ have, into $common.
_sigv4_common() {
  local word
  common=$1
  for word; do
    while [[ $word != "$common"* ]]; do common=${common%?}; done
  done
}

# Hands those of $found that begin with the current word to readline, quoted.
_sigv4_reply() {
  local candidate common quoted matching=() shown=()
  for candidate in "${found[@]}"; do
    [[ $candidate == "$current"* ]] && matching+=("$candidate")
  done
  ((${#matching[@]} > 0)) || return
  _sigv4_common "${matching[@]}"
  if [[ ${#matching[@]} -gt 1 && $common != "$current" ]]; then
    # Readline would compare the quoted words, and might stop inside a quoted character.
    matching=("$common")
    _sigv4_no_space
  elif [[ ${#matching[@]} == 1 && $common == *[/=] ]]; then
    _sigv4_no_space
  fi
  for candidate in "${matching[@]}"; do
    _sigv4_quote "${candidate:${#head}}"
    shown+=("$quoted")
  done
  COMPREPLY=("${shown[@]}")
  if ((${#shown[@]} > 1)); then
    _sigv4_quote "${current:${#head}}"
    _sigv4_common "${shown[@]}"
    # An empty word has nothing in common with the others, so that readline leaves what was typed.
    [[ $common == "$quoted" ]] || COMPREPLY+=(' ')
  fi
}

_sigv4_no_space() {
  type compopt >/dev/null 2>&1 && compopt -o nospace
}

_sigv4() {
  local words=() found=() quote head closed options kind prefix='' current command='' awaited='' ended='' word i
  COMPREPLY=()
  _sigv4_split "${COMP_LINE:0:COMP_POINT}"
  [[ $closed ]] && return
  current=${words[${#words[@]} - 1]}
  unset "words[${#words[@]}-1]"
  for ((i = 1; i < ${#words[@]}; i++)); do
    word=${words[i]}
    if [[ $awaited ]]; then
      awaited=''
    elif [[ $word == -- ]]; then
      ended=$i
      break
    elif [[ $word == -?* ]]; then
      _sigv4_awaits_value "$command" "$word" && awaited=$kind
    elif [[ ! $command ]]; then
      case $word in
      sign | curl | verify | assume | ls | whoami | completion) command=$word ;;
      *) return ;;
      esac
    fi
  done
  if [[ $awaited ]]; then
    _sigv4_find "$awaited"
  elif [[ $ended && $command == assume ]]; then
    # The command to run with the credentials.
    type compopt >/dev/null 2>&1 && compopt -o default -o bashdefault
    if ((ended == ${#words[@]} - 1)); then
      while IFS= read -r word; do found+=("$word"); done < <(compgen -c -- "$current")
    fi
  elif [[ ! $ended && $current == --*=* ]]; then
    prefix=${current%%=*}=
    _sigv4_option_value "$command" "${current%%=*}" && _sigv4_find "$kind"
  elif [[ ! $ended && $current == -* ]]; then
    _sigv4_options "$command"
    _sigv4_find "words $options"
  elif [[ ! $command ]]; then
    _sigv4_find 'words sign curl verify assume ls whoami completion'
  else
    _sigv4_operands "$command"
    _sigv4_find "$kind"
  fi
  _sigv4_reply
}

complete -F _sigv4 sigv4
