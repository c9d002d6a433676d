import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { DataArgument } from '../request/request-body.ts'
import { setAction } from './action.ts'
import { addSharedOptions } from './shared-options.ts'
import { parseSign, type SignValues, signFormats } from './sign/options.ts'
import { addChoice } from './sparse-command.ts'

const examples = `
Examples:
  $ URL='https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15'
  $ sigv4 sign "$URL" | curl -H @- "$URL"
  $ sigv4 sign --presign --expires 15m s3://examplebucket/photo.jpg
  $ sigv4 sign --explain --service dynamodb --region eu-west-1 -X POST -d '{}'
`

/** Adds `sign`'s words. */
export function registerSign(command: Command, context: Context): void {
  const data: DataArgument[] = []
  const collectData = (kind: DataArgument['kind']) => (value: string) => data.push({ kind, value })
  command
    .argument('[target]', 'an http(s):// URL, or s3://BUCKET/KEY')
    .addHelpText('before', examples.trimStart())
    .option('-X, --request <method>', 'the method (default: GET, or POST with a body)')
    .option('-H, --header <header>', "'Name: value'; 'Name;' is an empty value; @FILE reads lines", collect)
    .option(
      '-d, --data <data>',
      'the body, or @FILE or @- without its line breaks; several are joined by &',
      collectData('data'),
    )
    .option('--data-raw <data>', 'the body; @ means nothing special', collectData('raw'))
    .option('--data-binary <data>', 'the body, or @FILE or @- byte for byte', collectData('binary'))
    .option('--service <name>', 'the service to sign for, as signing names it')
    .option('--host <host>', 'in place of a URL: the host (default: SERVICE.REGION.amazonaws.com)')
    .option('--path <path>', 'in place of a URL: the path (default: /)')
    .option('--query <name=value>', 'in place of a URL: a query parameter, unencoded (repeatable)', collect)
    .option('--date <time>', 'sign as of this time (ISO 8601 or 20150830T123600Z)')
    .option('--presign', 'put the signature into the URL')
    .option('--expires <time>', 'how long a presigned URL is valid: seconds, 15m, 12h, 7d (default: 1h)')
  addChoice(command, '--algorithm <name>', { description: 'the signing algorithm', choices: ['sigv4', 'sigv4a'] })
  command
    .option('--region-set <list>', "the regions of a SigV4a signature (default: '*')")
    .option('--payload-hash <value>', 'sign this as the payload hash')
    .option('--unsigned-payload', 'sign UNSIGNED-PAYLOAD as the payload hash')
    .option('--content-sha256', 'add the header x-amz-content-sha256')
    .option('--no-content-sha256', 'leave it out')
    .option('--signed-header <name>', 'sign this header although it usually is not (repeatable)', collect)
    .option('--unsigned-header <name>', 'leave this header out of the signature (repeatable)', collect)
    .option('--omit-session-token', 'sign without the session token, then add it')
  addChoice(command, '--path-encoding <how>', {
    description: 'encode the path once (S3) or twice',
    choices: ['single', 'double'],
  })
  command
    .option('--normalize-path', 'remove dot and empty segments from the path before signing')
    .option('--no-normalize-path', 'sign the path as it is')
  addChoice(command, '--format <format>', { description: 'what to print', choices: signFormats })
  command
    .option('--batch', 'sign each line of stdin: a URL, s3://BUCKET/KEY, a key with --bucket, or a JSON object')
    .option('--bucket <name>', 'with --batch: lines are keys in this bucket')
    .option('--explain', 'show each step of the signature, and where every inferred value came from')
  addSharedOptions(command)
  setAction(command, async ([target]) => {
    const options = await parseSign(target, { values: command.opts<SignValues>(), data })
    return options.batch
      ? (await import('./sign/batch.ts')).runBatch(options, context)
      : (await import('./sign/run.ts')).runSign(options, context)
  })
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}
