# fish completion for sigv4. Generated from the command tree by scripts/generate.mjs: do not edit.
#
# Names of profiles, buckets and keys are data here: read between NULs, printed, and never expanded again.

# Prints the name of the command on the line; fails while there is none.
function __sigv4_command
    set -l words (commandline -opc)
    set -e words[1]
    set -l value_follows ''
    for word in $words
        if test -n "$value_follows"
            set value_follows ''
            continue
        end
        switch $word
            case --profile --region --endpoint-url --credentials --color --ca-bundle --connect-timeout --read-timeout --role-arn --external-id --session-name --duration --mfa-serial --mfa-code --policy --policy-arn --tag --transitive-tag --source-identity
                set value_follows yes
            case sign curl assume whoami completion
                echo $word
                return 0
        end
    end
    return 1
end

function __sigv4_uses
    set -l command (__sigv4_command)
    test "$command" = "$argv[1]"
end

# Whether the command that assume is to run stands on the line, behind --.
function __sigv4_runs_child
    __sigv4_uses assume; and contains -- -- (commandline -opc)
end

# Prints the word to complete without its quotes.
function __sigv4_word
    string unescape -- (commandline -ct | string collect)
end

# Prints the program's answers to a question.
function __sigv4_asked
    set -l words (commandline -opc)
    set -l program $words[1]
    type -q -- $program; or set program sigv4
    set -l word (__sigv4_word | string replace -r -- '^--[a-z0-9-]+=' '' | string collect)
    set -l names (command $program candidates -- $argv[1] "$word" $words </dev/null 2>/dev/null | string split0)
    for name in $names
        # fish ends a candidate at a line feed and at a tab, and reads a ~ at the beginning as a home directory.
        string match -q -r -- '[\n\t]|^~' "$name"; or printf '%s\n' "$name"
    end
end

# Prints @ and the files, while the word begins with @.
function __sigv4_file_after_at
    set -l word (__sigv4_word | string replace -r -- '^--[a-z0-9-]+=' '' | string collect)
    string match -q -- '@*' "$word"; or return
    for path in (string sub -s 2 -- "$word")*
        test -d $path; and set path $path/
        echo -- @$path
    end
end

complete -c sigv4 -f
complete -c sigv4 -n 'not __sigv4_command' -a sign -d 'sign one request (or presign a URL) and print it; sends nothing'
complete -c sigv4 -n 'not __sigv4_command' -a curl -d 'sign and send; curl\'s option names, meanings and exit codes'
complete -c sigv4 -n 'not __sigv4_command' -a assume -d 'get temporary credentials (or export the current ones) for a shell, a file, a child process'
complete -c sigv4 -n 'not __sigv4_command' -a whoami -d 'which identity the credentials are, where they came from, until when, and the clock difference'
complete -c sigv4 -n 'not __sigv4_command' -a completion -d 'print the completion script of a shell'
complete -c sigv4 -n 'not __sigv4_command' -s V -l version -d 'print the version'
complete -c sigv4 -n 'not __sigv4_command' -s h -l help -d 'print this help'
complete -c sigv4 -n 'not __sigv4_command' -l profile -r -f -a '(__sigv4_asked profile)' -d 'use this profile and nothing else (beats keys in the environment)'
complete -c sigv4 -n 'not __sigv4_command' -l region -r -f -a '(__sigv4_asked region)' -d 'the region to sign for'
complete -c sigv4 -n 'not __sigv4_command' -l endpoint-url -r -f -d 'send the command\'s own requests here'
complete -c sigv4 -n 'not __sigv4_command' -l credentials -r -F -d 'read credential_process JSON from a file, or - for stdin'
complete -c sigv4 -n 'not __sigv4_command' -l no-sign-request -d 'do not sign (anonymous)'
complete -c sigv4 -n 'not __sigv4_command' -l no-cache -d 'neither read nor keep temporary credentials'
complete -c sigv4 -n 'not __sigv4_command' -l debug -d 'say on stderr what is done and why'
complete -c sigv4 -n 'not __sigv4_command' -l color -r -f -a 'auto always never' -d 'colour the text'
complete -c sigv4 -n 'not __sigv4_command' -l ca-bundle -r -F -d 'trust these certificate authorities (PEM; AWS_CA_BUNDLE)'
complete -c sigv4 -n 'not __sigv4_command' -l no-verify-ssl -d 'do not check the server\'s certificate'
complete -c sigv4 -n 'not __sigv4_command' -l connect-timeout -r -f -d 'give up connecting after this long (default: 60)'
complete -c sigv4 -n 'not __sigv4_command' -l read-timeout -r -f -d 'give up when nothing arrives for this long (default: 60)'
complete -c sigv4 -n 'not __sigv4_command' -l role-arn -r -f -a '(__sigv4_asked role)' -d 'assume this IAM role first (repeat it for a chain)'
complete -c sigv4 -n 'not __sigv4_command' -l external-id -r -f -d 'external ID (once: for the last role; or one per role)'
complete -c sigv4 -n 'not __sigv4_command' -l session-name -r -f -d 'role session name (default: sigv4-USER)'
complete -c sigv4 -n 'not __sigv4_command' -l duration -r -f -d 'how long the last session lasts, in seconds or as 15m, 1h'
complete -c sigv4 -n 'not __sigv4_command' -l mfa-serial -r -f -a '(__sigv4_asked mfa-serial)' -d 'MFA device for the first role'
complete -c sigv4 -n 'not __sigv4_command' -l mfa-code -r -f -d 'the device\'s current code (asked for on a terminal otherwise)'
complete -c sigv4 -n 'not __sigv4_command' -l policy -r -f -a '(__sigv4_file_after_at)' -d 'session policy for the last role, JSON or @FILE'
complete -c sigv4 -n 'not __sigv4_command' -l policy-arn -r -f -d 'managed session policy for the last role'
complete -c sigv4 -n 'not __sigv4_command' -l tag -r -f -d 'session tag for the first role'
complete -c sigv4 -n 'not __sigv4_command' -l transitive-tag -r -f -d 'pass this session tag down the chain'
complete -c sigv4 -n 'not __sigv4_command' -l source-identity -r -f -d 'source identity for the first role'
complete -c sigv4 -n '__sigv4_uses sign' -s V -l version -d 'print the version'
complete -c sigv4 -n '__sigv4_uses sign' -s X -l request -r -f -a 'GET HEAD PUT POST PATCH DELETE OPTIONS' -d 'the method (default: GET, or POST with a body)'
complete -c sigv4 -n '__sigv4_uses sign' -s H -l header -r -f -a '(__sigv4_file_after_at)' -d '\'Name: value\'; \'Name;\' is an empty value; @FILE reads lines'
complete -c sigv4 -n '__sigv4_uses sign' -s d -l data -r -f -a '(__sigv4_file_after_at)' -d 'the body, or @FILE or @- without its line breaks; several are joined by &'
complete -c sigv4 -n '__sigv4_uses sign' -l data-raw -r -f -d 'the body; @ means nothing special'
complete -c sigv4 -n '__sigv4_uses sign' -l data-binary -r -f -a '(__sigv4_file_after_at)' -d 'the body, or @FILE or @- byte for byte'
complete -c sigv4 -n '__sigv4_uses sign' -l service -r -f -a '(__sigv4_asked service)' -d 'the service to sign for, as signing names it'
complete -c sigv4 -n '__sigv4_uses sign' -l host -r -f -d 'in place of a URL: the host (default: SERVICE.REGION.amazonaws.com)'
complete -c sigv4 -n '__sigv4_uses sign' -l path -r -f -d 'in place of a URL: the path (default: /)'
complete -c sigv4 -n '__sigv4_uses sign' -l query -r -f -d 'in place of a URL: a query parameter, unencoded (repeatable)'
complete -c sigv4 -n '__sigv4_uses sign' -l date -r -f -d 'sign as of this time (ISO 8601 or 20150830T123600Z)'
complete -c sigv4 -n '__sigv4_uses sign' -l presign -d 'put the signature into the URL'
complete -c sigv4 -n '__sigv4_uses sign' -l expires -r -f -d 'how long a presigned URL is valid: seconds, 15m, 12h, 7d (default: 1h)'
complete -c sigv4 -n '__sigv4_uses sign' -l algorithm -r -f -a 'sigv4 sigv4a' -d 'the signing algorithm'
complete -c sigv4 -n '__sigv4_uses sign' -l region-set -r -f -d 'the regions of a SigV4a signature (default: \'*\')'
complete -c sigv4 -n '__sigv4_uses sign' -l payload-hash -r -f -d 'sign this as the payload hash'
complete -c sigv4 -n '__sigv4_uses sign' -l unsigned-payload -d 'sign UNSIGNED-PAYLOAD as the payload hash'
complete -c sigv4 -n '__sigv4_uses sign' -l content-sha256 -d 'add the header x-amz-content-sha256'
complete -c sigv4 -n '__sigv4_uses sign' -l no-content-sha256 -d 'leave it out'
complete -c sigv4 -n '__sigv4_uses sign' -l signed-header -r -f -d 'sign this header although it usually is not (repeatable)'
complete -c sigv4 -n '__sigv4_uses sign' -l unsigned-header -r -f -d 'leave this header out of the signature (repeatable)'
complete -c sigv4 -n '__sigv4_uses sign' -l omit-session-token -d 'sign without the session token, then add it'
complete -c sigv4 -n '__sigv4_uses sign' -l path-encoding -r -f -a 'single double' -d 'encode the path once (S3) or twice'
complete -c sigv4 -n '__sigv4_uses sign' -l normalize-path -d 'remove dot and empty segments from the path before signing'
complete -c sigv4 -n '__sigv4_uses sign' -l no-normalize-path -d 'sign the path as it is'
complete -c sigv4 -n '__sigv4_uses sign' -l format -r -f -a 'headers url curl curl-config http httpie fetch python json' -d 'what to print'
complete -c sigv4 -n '__sigv4_uses sign' -l batch -d 'sign each line of stdin: a URL, s3://BUCKET/KEY, a key with --bucket, or a JSON object'
complete -c sigv4 -n '__sigv4_uses sign' -l bucket -r -f -a '(__sigv4_asked bucket)' -d 'with --batch: lines are keys in this bucket'
complete -c sigv4 -n '__sigv4_uses sign' -l explain -d 'show each step of the signature, and where every inferred value came from'
complete -c sigv4 -n '__sigv4_uses sign' -l profile -r -f -a '(__sigv4_asked profile)' -d 'use this profile and nothing else (beats keys in the environment)'
complete -c sigv4 -n '__sigv4_uses sign' -l region -r -f -a '(__sigv4_asked region)' -d 'the region to sign for'
complete -c sigv4 -n '__sigv4_uses sign' -l endpoint-url -r -f -d 'send the command\'s own requests here'
complete -c sigv4 -n '__sigv4_uses sign' -l credentials -r -F -d 'read credential_process JSON from a file, or - for stdin'
complete -c sigv4 -n '__sigv4_uses sign' -l no-sign-request -d 'do not sign (anonymous)'
complete -c sigv4 -n '__sigv4_uses sign' -l no-cache -d 'neither read nor keep temporary credentials'
complete -c sigv4 -n '__sigv4_uses sign' -l debug -d 'say on stderr what is done and why'
complete -c sigv4 -n '__sigv4_uses sign' -l color -r -f -a 'auto always never' -d 'colour the text'
complete -c sigv4 -n '__sigv4_uses sign' -l ca-bundle -r -F -d 'trust these certificate authorities (PEM; AWS_CA_BUNDLE)'
complete -c sigv4 -n '__sigv4_uses sign' -l no-verify-ssl -d 'do not check the server\'s certificate'
complete -c sigv4 -n '__sigv4_uses sign' -l connect-timeout -r -f -d 'give up connecting after this long (default: 60)'
complete -c sigv4 -n '__sigv4_uses sign' -l read-timeout -r -f -d 'give up when nothing arrives for this long (default: 60)'
complete -c sigv4 -n '__sigv4_uses sign' -l role-arn -r -f -a '(__sigv4_asked role)' -d 'assume this IAM role first (repeat it for a chain)'
complete -c sigv4 -n '__sigv4_uses sign' -l external-id -r -f -d 'external ID (once: for the last role; or one per role)'
complete -c sigv4 -n '__sigv4_uses sign' -l session-name -r -f -d 'role session name (default: sigv4-USER)'
complete -c sigv4 -n '__sigv4_uses sign' -l duration -r -f -d 'how long the last session lasts, in seconds or as 15m, 1h'
complete -c sigv4 -n '__sigv4_uses sign' -l mfa-serial -r -f -a '(__sigv4_asked mfa-serial)' -d 'MFA device for the first role'
complete -c sigv4 -n '__sigv4_uses sign' -l mfa-code -r -f -d 'the device\'s current code (asked for on a terminal otherwise)'
complete -c sigv4 -n '__sigv4_uses sign' -l policy -r -f -a '(__sigv4_file_after_at)' -d 'session policy for the last role, JSON or @FILE'
complete -c sigv4 -n '__sigv4_uses sign' -l policy-arn -r -f -d 'managed session policy for the last role'
complete -c sigv4 -n '__sigv4_uses sign' -l tag -r -f -d 'session tag for the first role'
complete -c sigv4 -n '__sigv4_uses sign' -l transitive-tag -r -f -d 'pass this session tag down the chain'
complete -c sigv4 -n '__sigv4_uses sign' -l source-identity -r -f -d 'source identity for the first role'
complete -c sigv4 -n '__sigv4_uses sign' -s h -l help -d 'print this help'
complete -c sigv4 -n '__sigv4_uses sign' -f -a '(__sigv4_asked s3)'
complete -c sigv4 -n '__sigv4_uses curl' -s V -l version -d 'print the version'
complete -c sigv4 -n '__sigv4_uses curl' -s X -l request -r -f -a 'GET HEAD PUT POST PATCH DELETE OPTIONS' -d 'method to send, whatever the other options imply'
complete -c sigv4 -n '__sigv4_uses curl' -s H -l header -r -f -a '(__sigv4_file_after_at)' -d '\'Name: value\'; \'Name:\' removes, \'Name;\' sends it empty; @FILE'
complete -c sigv4 -n '__sigv4_uses curl' -s d -l data -r -f -a '(__sigv4_file_after_at)' -d 'POST this; @FILE loses CR, LF and NUL; several join with &'
complete -c sigv4 -n '__sigv4_uses curl' -l data-ascii -r -f -d 'the same as --data'
complete -c sigv4 -n '__sigv4_uses curl' -l data-raw -r -f -d 'POST this; @ means nothing'
complete -c sigv4 -n '__sigv4_uses curl' -l data-binary -r -f -a '(__sigv4_file_after_at)' -d 'POST this; @FILE as it is'
complete -c sigv4 -n '__sigv4_uses curl' -l data-urlencode -r -f -d 'POST this encoded: VALUE, =VALUE, NAME=VALUE, @FILE, NAME@FILE'
complete -c sigv4 -n '__sigv4_uses curl' -l json -r -f -d 'POST this as JSON, with its Content-Type and Accept; @FILE'
complete -c sigv4 -n '__sigv4_uses curl' -s F -l form -r -f -d 'multipart POST; @FILE attaches, <FILE inserts; ;type= ;filename='
complete -c sigv4 -n '__sigv4_uses curl' -l form-string -r -f -d 'multipart POST of a literal text'
complete -c sigv4 -n '__sigv4_uses curl' -s T -l upload-file -r -F -d 'PUT this file; - is stdin; a URL ending in / gets its name'
complete -c sigv4 -n '__sigv4_uses curl' -s G -l get -d 'put the data into the query, and GET'
complete -c sigv4 -n '__sigv4_uses curl' -l url-query -r -f -d 'add to the query, as --data-urlencode encodes; +TEXT as it is'
complete -c sigv4 -n '__sigv4_uses curl' -s I -l head -d 'HEAD, and show the headers'
complete -c sigv4 -n '__sigv4_uses curl' -s A -l user-agent -r -f -d 'User-Agent; empty for none'
complete -c sigv4 -n '__sigv4_uses curl' -s e -l referer -r -f -d 'Referer; ;auto sets it on redirects'
complete -c sigv4 -n '__sigv4_uses curl' -s b -l cookie -r -f -d '\'name=value; ...\', or a file to read cookies from'
complete -c sigv4 -n '__sigv4_uses curl' -s r -l range -r -f -d 'bytes to ask for: 0-499, 500-, -500'
complete -c sigv4 -n '__sigv4_uses curl' -l compressed -d 'ask for a compressed answer and decompress it'
complete -c sigv4 -n '__sigv4_uses curl' -l url -r -f -d 'a URL, as an argument is'
complete -c sigv4 -n '__sigv4_uses curl' -l http1.1 -d 'HTTP/1.1, which is what is spoken anyway'
complete -c sigv4 -n '__sigv4_uses curl' -s g -l globoff -d 'URLs are literal, which they are anyway'
complete -c sigv4 -n '__sigv4_uses curl' -l path-as-is -d 'no squashing of /../, which never happens anyway'
complete -c sigv4 -n '__sigv4_uses curl' -s o -l output -r -F -d 'write the body there; one for each URL, in order'
complete -c sigv4 -n '__sigv4_uses curl' -s O -l remote-name -d 'write the body to a file named like the URL\'s last part'
complete -c sigv4 -n '__sigv4_uses curl' -l remote-name-all -d '-O for every URL without an -o'
complete -c sigv4 -n '__sigv4_uses curl' -l output-dir -r -f -a '(__fish_complete_directories (commandline -ct))' -d 'folder for -o and -O'
complete -c sigv4 -n '__sigv4_uses curl' -l create-dirs -d 'make the folders that -o names'
complete -c sigv4 -n '__sigv4_uses curl' -s i -l include -d 'show response headers before the body'
complete -c sigv4 -n '__sigv4_uses curl' -s D -l dump-header -r -F -d 'write response headers there; - is stdout'
complete -c sigv4 -n '__sigv4_uses curl' -s w -l write-out -r -f -d 'print this after each transfer; %{http_code} and others; @FILE'
complete -c sigv4 -n '__sigv4_uses curl' -s s -l silent -d 'no progress meter, no messages'
complete -c sigv4 -n '__sigv4_uses curl' -s S -l show-error -d 'messages in spite of -s'
complete -c sigv4 -n '__sigv4_uses curl' -s v -l verbose -d 'show the exchange, secrets shortened'
complete -c sigv4 -n '__sigv4_uses curl' -l progress-meter -d 'the meter; --no-progress-meter hides it, not the messages'
complete -c sigv4 -n '__sigv4_uses curl' -s # -l progress-bar -d 'a bar in place of the meter'
complete -c sigv4 -n '__sigv4_uses curl' -s N -l no-buffer -d 'write at once, which happens anyway'
complete -c sigv4 -n '__sigv4_uses curl' -s f -l fail -d 'exit 22 without the body on HTTP errors'
complete -c sigv4 -n '__sigv4_uses curl' -l fail-with-body -d 'exit 22 with the body on HTTP errors'
complete -c sigv4 -n '__sigv4_uses curl' -l fail-early -d 'stop at the first URL that fails'
complete -c sigv4 -n '__sigv4_uses curl' -l max-filesize -r -f -d 'refuse a larger answer (63)'
complete -c sigv4 -n '__sigv4_uses curl' -s L -l location -d 'follow redirects'
complete -c sigv4 -n '__sigv4_uses curl' -l location-trusted -d 'follow, and give credentials and signatures to other hosts too'
complete -c sigv4 -n '__sigv4_uses curl' -l max-redirs -r -f -d 'how many to follow (50); -1 is no limit'
complete -c sigv4 -n '__sigv4_uses curl' -l post301 -d 'stay with POST after a 301'
complete -c sigv4 -n '__sigv4_uses curl' -l post302 -d 'stay with POST after a 302'
complete -c sigv4 -n '__sigv4_uses curl' -l post303 -d 'stay with POST after a 303'
complete -c sigv4 -n '__sigv4_uses curl' -l retry -r -f -d 'try again on timeouts and on 408, 429, 500, 502, 503, 504'
complete -c sigv4 -n '__sigv4_uses curl' -l retry-delay -r -f -d 'wait this long between tries; else 1, 2, 4 ... 600'
complete -c sigv4 -n '__sigv4_uses curl' -l retry-max-time -r -f -d 'start no try later than this'
complete -c sigv4 -n '__sigv4_uses curl' -l retry-connrefused -d 'a refused connection is worth a retry too'
complete -c sigv4 -n '__sigv4_uses curl' -l retry-all-errors -d 'any error is worth a retry'
complete -c sigv4 -n '__sigv4_uses curl' -l connect-timeout -r -f -d 'give up connecting after this long (28)'
complete -c sigv4 -n '__sigv4_uses curl' -l read-timeout -r -f -d 'give up when nothing arrives for this long (28)'
complete -c sigv4 -n '__sigv4_uses curl' -s m -l max-time -r -f -d 'for a whole transfer (28)'
complete -c sigv4 -n '__sigv4_uses curl' -s x -l proxy -r -f -d 'http://, https://, socks4://, socks4a://, socks5://, socks5h://; empty for none'
complete -c sigv4 -n '__sigv4_uses curl' -l noproxy -r -f -d 'hosts reached without the proxy; * is all'
complete -c sigv4 -n '__sigv4_uses curl' -l resolve -r -f -d 'addresses to use for a host'
complete -c sigv4 -n '__sigv4_uses curl' -l connect-to -r -f -d 'connect to H2:P2 for H1:P1'
complete -c sigv4 -n '__sigv4_uses curl' -l unix-socket -r -f -d 'connect through this socket'
complete -c sigv4 -n '__sigv4_uses curl' -s 4 -l ipv4 -d 'IPv4 addresses only'
complete -c sigv4 -n '__sigv4_uses curl' -s 6 -l ipv6 -d 'IPv6 addresses only'
complete -c sigv4 -n '__sigv4_uses curl' -l limit-rate -r -f -d 'bytes a second, both ways; 200K, 1M'
complete -c sigv4 -n '__sigv4_uses curl' -s k -l insecure -d 'do not check the certificate'
complete -c sigv4 -n '__sigv4_uses curl' -l cacert -r -F -d 'certificate authorities to trust'
complete -c sigv4 -n '__sigv4_uses curl' -s E -l cert -r -F -d 'client certificate (PEM)'
complete -c sigv4 -n '__sigv4_uses curl' -l key -r -F -d 'the client certificate\'s private key'
complete -c sigv4 -n '__sigv4_uses curl' -l expect100-timeout -r -f -d 'how long to wait for 100 Continue (1)'
complete -c sigv4 -n '__sigv4_uses curl' -l service -r -f -a '(__sigv4_asked service)' -d 'signing name of the service, where the host does not tell'
complete -c sigv4 -n '__sigv4_uses curl' -l sign-chunks -d 'send S3\'s aws-chunked form, each chunk signed'
complete -c sigv4 -n '__sigv4_uses curl' -l checksum -r -f -d 'crc32, crc32c, crc64nvme, sha256 or sha1 of the body, for S3'
complete -c sigv4 -n '__sigv4_uses curl' -l action -r -f -d 'query protocol: POST Action=NAME with the data'
complete -c sigv4 -n '__sigv4_uses curl' -l api-version -r -f -d 'Version of --action, where the service is not known'
complete -c sigv4 -n '__sigv4_uses curl' -l target -r -f -a '(__sigv4_asked s3)' -d 'JSON services: SERVICE_DATE.Operation, with --data'
complete -c sigv4 -n '__sigv4_uses curl' -l event-stream -d 'print an event-stream response as JSON lines'
complete -c sigv4 -n '__sigv4_uses curl' -l dry-run -d 'show the signed request as -v would, and send nothing'
complete -c sigv4 -n '__sigv4_uses curl' -l aws-sigv4 -r -f -d 'curl\'s way to say --region and --service'
complete -c sigv4 -n '__sigv4_uses curl' -s u -l user -r -f -d 'refused: others can read it; see --profile and --credentials'
complete -c sigv4 -n '__sigv4_uses curl' -l profile -r -f -a '(__sigv4_asked profile)' -d 'use this profile and nothing else (beats keys in the environment)'
complete -c sigv4 -n '__sigv4_uses curl' -l region -r -f -a '(__sigv4_asked region)' -d 'the region to sign for'
complete -c sigv4 -n '__sigv4_uses curl' -l endpoint-url -r -f -d 'send the command\'s own requests here'
complete -c sigv4 -n '__sigv4_uses curl' -l credentials -r -F -d 'read credential_process JSON from a file, or - for stdin'
complete -c sigv4 -n '__sigv4_uses curl' -l no-sign-request -d 'do not sign (anonymous)'
complete -c sigv4 -n '__sigv4_uses curl' -l no-cache -d 'neither read nor keep temporary credentials'
complete -c sigv4 -n '__sigv4_uses curl' -l debug -d 'say on stderr what is done and why'
complete -c sigv4 -n '__sigv4_uses curl' -l color -r -f -a 'auto always never' -d 'colour the text'
complete -c sigv4 -n '__sigv4_uses curl' -l ca-bundle -r -F -d 'trust these certificate authorities (PEM; AWS_CA_BUNDLE)'
complete -c sigv4 -n '__sigv4_uses curl' -l no-verify-ssl -d 'do not check the server\'s certificate'
complete -c sigv4 -n '__sigv4_uses curl' -l role-arn -r -f -a '(__sigv4_asked role)' -d 'assume this IAM role first (repeat it for a chain)'
complete -c sigv4 -n '__sigv4_uses curl' -l external-id -r -f -d 'external ID (once: for the last role; or one per role)'
complete -c sigv4 -n '__sigv4_uses curl' -l session-name -r -f -d 'role session name (default: sigv4-USER)'
complete -c sigv4 -n '__sigv4_uses curl' -l duration -r -f -d 'how long the last session lasts, in seconds or as 15m, 1h'
complete -c sigv4 -n '__sigv4_uses curl' -l mfa-serial -r -f -a '(__sigv4_asked mfa-serial)' -d 'MFA device for the first role'
complete -c sigv4 -n '__sigv4_uses curl' -l mfa-code -r -f -d 'the device\'s current code (asked for on a terminal otherwise)'
complete -c sigv4 -n '__sigv4_uses curl' -l policy -r -f -a '(__sigv4_file_after_at)' -d 'session policy for the last role, JSON or @FILE'
complete -c sigv4 -n '__sigv4_uses curl' -l policy-arn -r -f -d 'managed session policy for the last role'
complete -c sigv4 -n '__sigv4_uses curl' -l tag -r -f -d 'session tag for the first role'
complete -c sigv4 -n '__sigv4_uses curl' -l transitive-tag -r -f -d 'pass this session tag down the chain'
complete -c sigv4 -n '__sigv4_uses curl' -l source-identity -r -f -d 'source identity for the first role'
complete -c sigv4 -n '__sigv4_uses curl' -s h -l help -d 'print this help'
complete -c sigv4 -n '__sigv4_uses assume' -s V -l version -d 'print the version'
complete -c sigv4 -n '__sigv4_uses assume' -l format -r -f -a 'env bash fish powershell cmd nu tcsh dotenv json ini github-actions docker' -d 'what to print (default: env, for a POSIX shell)'
complete -c sigv4 -n '__sigv4_uses assume' -l profile-name -r -f -d 'the section\'s name with --format ini (default: default)'
complete -c sigv4 -n '__sigv4_uses assume' -l unset -d 'print what clears the variables again'
complete -c sigv4 -n '__sigv4_uses assume' -l console -d 'print a URL that signs in to the AWS console'
complete -c sigv4 -n '__sigv4_uses assume' -l profile -r -f -a '(__sigv4_asked profile)' -d 'use this profile and nothing else (beats keys in the environment)'
complete -c sigv4 -n '__sigv4_uses assume' -l region -r -f -a '(__sigv4_asked region)' -d 'the region to sign for'
complete -c sigv4 -n '__sigv4_uses assume' -l endpoint-url -r -f -d 'send the command\'s own requests here'
complete -c sigv4 -n '__sigv4_uses assume' -l credentials -r -F -d 'read credential_process JSON from a file, or - for stdin'
complete -c sigv4 -n '__sigv4_uses assume' -l no-sign-request -d 'do not sign (anonymous)'
complete -c sigv4 -n '__sigv4_uses assume' -l no-cache -d 'neither read nor keep temporary credentials'
complete -c sigv4 -n '__sigv4_uses assume' -l debug -d 'say on stderr what is done and why'
complete -c sigv4 -n '__sigv4_uses assume' -l color -r -f -a 'auto always never' -d 'colour the text'
complete -c sigv4 -n '__sigv4_uses assume' -l ca-bundle -r -F -d 'trust these certificate authorities (PEM; AWS_CA_BUNDLE)'
complete -c sigv4 -n '__sigv4_uses assume' -l no-verify-ssl -d 'do not check the server\'s certificate'
complete -c sigv4 -n '__sigv4_uses assume' -l connect-timeout -r -f -d 'give up connecting after this long (default: 60)'
complete -c sigv4 -n '__sigv4_uses assume' -l read-timeout -r -f -d 'give up when nothing arrives for this long (default: 60)'
complete -c sigv4 -n '__sigv4_uses assume' -l role-arn -r -f -a '(__sigv4_asked role)' -d 'assume this IAM role first (repeat it for a chain)'
complete -c sigv4 -n '__sigv4_uses assume' -l external-id -r -f -d 'external ID (once: for the last role; or one per role)'
complete -c sigv4 -n '__sigv4_uses assume' -l session-name -r -f -d 'role session name (default: sigv4-USER)'
complete -c sigv4 -n '__sigv4_uses assume' -l duration -r -f -d 'how long the last session lasts, in seconds or as 15m, 1h'
complete -c sigv4 -n '__sigv4_uses assume' -l mfa-serial -r -f -a '(__sigv4_asked mfa-serial)' -d 'MFA device for the first role'
complete -c sigv4 -n '__sigv4_uses assume' -l mfa-code -r -f -d 'the device\'s current code (asked for on a terminal otherwise)'
complete -c sigv4 -n '__sigv4_uses assume' -l policy -r -f -a '(__sigv4_file_after_at)' -d 'session policy for the last role, JSON or @FILE'
complete -c sigv4 -n '__sigv4_uses assume' -l policy-arn -r -f -d 'managed session policy for the last role'
complete -c sigv4 -n '__sigv4_uses assume' -l tag -r -f -d 'session tag for the first role'
complete -c sigv4 -n '__sigv4_uses assume' -l transitive-tag -r -f -d 'pass this session tag down the chain'
complete -c sigv4 -n '__sigv4_uses assume' -l source-identity -r -f -d 'source identity for the first role'
complete -c sigv4 -n '__sigv4_uses assume' -s h -l help -d 'print this help'
complete -c sigv4 -n '__sigv4_uses assume' -f -a '(__sigv4_asked role)'
complete -c sigv4 -n '__sigv4_uses whoami' -s V -l version -d 'print the version'
complete -c sigv4 -n '__sigv4_uses whoami' -l format -r -f -a 'text json' -d 'what to print'
complete -c sigv4 -n '__sigv4_uses whoami' -l profile -r -f -a '(__sigv4_asked profile)' -d 'use this profile and nothing else (beats keys in the environment)'
complete -c sigv4 -n '__sigv4_uses whoami' -l region -r -f -a '(__sigv4_asked region)' -d 'the region to sign for'
complete -c sigv4 -n '__sigv4_uses whoami' -l endpoint-url -r -f -d 'send the command\'s own requests here'
complete -c sigv4 -n '__sigv4_uses whoami' -l credentials -r -F -d 'read credential_process JSON from a file, or - for stdin'
complete -c sigv4 -n '__sigv4_uses whoami' -l no-sign-request -d 'do not sign (anonymous)'
complete -c sigv4 -n '__sigv4_uses whoami' -l no-cache -d 'neither read nor keep temporary credentials'
complete -c sigv4 -n '__sigv4_uses whoami' -l debug -d 'say on stderr what is done and why'
complete -c sigv4 -n '__sigv4_uses whoami' -l color -r -f -a 'auto always never' -d 'colour the text'
complete -c sigv4 -n '__sigv4_uses whoami' -l ca-bundle -r -F -d 'trust these certificate authorities (PEM; AWS_CA_BUNDLE)'
complete -c sigv4 -n '__sigv4_uses whoami' -l no-verify-ssl -d 'do not check the server\'s certificate'
complete -c sigv4 -n '__sigv4_uses whoami' -l connect-timeout -r -f -d 'give up connecting after this long (default: 60)'
complete -c sigv4 -n '__sigv4_uses whoami' -l read-timeout -r -f -d 'give up when nothing arrives for this long (default: 60)'
complete -c sigv4 -n '__sigv4_uses whoami' -l role-arn -r -f -a '(__sigv4_asked role)' -d 'assume this IAM role first (repeat it for a chain)'
complete -c sigv4 -n '__sigv4_uses whoami' -l external-id -r -f -d 'external ID (once: for the last role; or one per role)'
complete -c sigv4 -n '__sigv4_uses whoami' -l session-name -r -f -d 'role session name (default: sigv4-USER)'
complete -c sigv4 -n '__sigv4_uses whoami' -l duration -r -f -d 'how long the last session lasts, in seconds or as 15m, 1h'
complete -c sigv4 -n '__sigv4_uses whoami' -l mfa-serial -r -f -a '(__sigv4_asked mfa-serial)' -d 'MFA device for the first role'
complete -c sigv4 -n '__sigv4_uses whoami' -l mfa-code -r -f -d 'the device\'s current code (asked for on a terminal otherwise)'
complete -c sigv4 -n '__sigv4_uses whoami' -l policy -r -f -a '(__sigv4_file_after_at)' -d 'session policy for the last role, JSON or @FILE'
complete -c sigv4 -n '__sigv4_uses whoami' -l policy-arn -r -f -d 'managed session policy for the last role'
complete -c sigv4 -n '__sigv4_uses whoami' -l tag -r -f -d 'session tag for the first role'
complete -c sigv4 -n '__sigv4_uses whoami' -l transitive-tag -r -f -d 'pass this session tag down the chain'
complete -c sigv4 -n '__sigv4_uses whoami' -l source-identity -r -f -d 'source identity for the first role'
complete -c sigv4 -n '__sigv4_uses whoami' -s h -l help -d 'print this help'
complete -c sigv4 -n '__sigv4_uses completion' -s V -l version -d 'print the version'
complete -c sigv4 -n '__sigv4_uses completion' -s h -l help -d 'print this help'
complete -c sigv4 -n '__sigv4_uses completion' -f -a 'bash zsh fish'
complete -c sigv4 -n __sigv4_runs_child -F -a '(__fish_complete_command)'
