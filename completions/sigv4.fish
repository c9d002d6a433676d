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
            case sign assume whoami completion
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
