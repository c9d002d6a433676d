import type { Context } from '../../context.ts'
import { debug } from '../../credentials/notes.ts'
import { resolveCredentials } from '../../credentials/resolver.ts'
import { configuredEndpoint, configuredRegion, configuredVariants } from '../../credentials/settings.ts'
import { createTransport, type Transport } from '../../http/transport.ts'
import { inferScope } from '../../request/infer-scope.ts'
import { parseRequestUrl } from '../../request/request-url.ts'
import { S3Session } from '../../s3/s3-session.ts'
import type { LsOptions } from '../ls.ts'

/** The way to a bucket, or to S3 itself, and what has to be closed behind it. */
export interface S3Access {
  readonly session: S3Session
  readonly transport: Transport
}

/** @throws CliError for options, names or credentials that cannot be */
export async function openS3(
  bucket: string | undefined,
  { options, context, note }: { options: LsOptions; context: Context; note: (line: string) => void },
): Promise<S3Access> {
  const endpoint =
    options.credentials.endpointUrl ?? (await configuredEndpoint('S3', options.credentials, context))?.value
  // An endpoint of the user's own is used as it is.
  const variants = endpoint === undefined ? await configuredVariants(options.credentials, context) : undefined
  const addressing = {
    region: await regionFor(bucket, { endpoint, options, context, note }),
    endpointUrl: endpoint,
    style: options.style,
    dualstack: options.dualstack || variants?.dualstack,
    fips: options.fips || variants?.fips,
    accelerate: options.accelerate,
  }
  const renewCredentials = () => resolveCredentials(options.credentials, context)
  const trace = (line: string): void => {
    debug(options.credentials, context, line).catch(() => {})
  }
  const transport = createTransport({ ...options.transport, maxConnections: options.concurrency })
  const session = new S3Session({
    bucket,
    addressing,
    credentials: await renewCredentials(),
    renewCredentials,
    transport,
    now: context.now,
    healing: options.healing,
    note,
    trace: options.credentials.diagnostics === 'verbose' ? trace : undefined,
  })
  return { session, transport }
}

/** The flag's, the endpoint's own or the configured region; where there is none, S3 will say which one it is. */
async function regionFor(
  bucket: string | undefined,
  input: { endpoint: string | undefined; options: LsOptions; context: Context; note: (line: string) => void },
): Promise<string> {
  const { endpoint, options, context, note } = input
  const given = options.credentials.region
  if (given !== undefined) return given
  const ofHost = endpoint === undefined ? undefined : inferScope(parseRequestUrl(endpoint).host, '/').region?.value
  const known = ofHost ?? (await configuredRegion(options.credentials, context))?.value
  if (known !== undefined) return known
  if (!bucket?.startsWith('arn:')) note('no region is set: trying us-east-1')
  return 'us-east-1'
}
