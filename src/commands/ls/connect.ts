import type { Context } from '../../context.ts'
import { resolveCredentials } from '../../credentials/resolver.ts'
import { configuredEndpoint, configuredRegion, configuredVariants } from '../../credentials/settings.ts'
import type { Transport } from '../../http/transport.ts'
import { inferScope } from '../../request/infer-scope.ts'
import { parseRequestUrl } from '../../request/request-url.ts'
import { S3Session } from '../../s3/s3-session.ts'
import type { LsOptions } from './options.ts'
import type { StatusLine } from './status-line.ts'

/** Where S3 answers unless something else is said; a bucket elsewhere says so, and the region is put right. */
const usualRegion = 'us-east-1'

const noVariants = { fips: false, dualstack: false }

/** The part of the options that says where S3 is and who asks. */
export type ConnectionOptions = Pick<
  LsOptions,
  'credentials' | 'bucket' | 'style' | 'dualstack' | 'fips' | 'accelerate' | 'healing'
>

interface Connecting {
  readonly context: Context
  readonly transport: Transport
  readonly status: Pick<StatusLine, 'warn' | 'note' | 'debug'>
}

/**
 * Finds identity, region and endpoint.
 * @throws CliError (usage) for a bucket, region or endpoint that cannot be; what the resolver throws
 */
export async function openSession(
  options: ConnectionOptions,
  { context, transport, status }: Connecting,
): Promise<S3Session> {
  const { credentials, bucket } = options
  const endpointUrl = credentials.endpointUrl ?? (await configuredEndpoint('S3', credentials, context))?.value
  const known = credentials.region ?? (await regionFor(endpointUrl, options, context))
  if (known === undefined && bucket?.startsWith('arn:') !== true) {
    status.warn(`no region is configured: asking ${usualRegion} (--region NAME or AWS_REGION spares the question)`)
  }
  // Variables and profile ask for AWS's own hosts; an endpoint of the user's is used as it is.
  const variants = endpointUrl === undefined ? await configuredVariants(credentials, context) : noVariants
  const resolve = () => resolveCredentials(credentials, context)
  return new S3Session({
    bucket,
    addressing: {
      region: known ?? usualRegion,
      endpointUrl,
      style: options.style,
      dualstack: options.dualstack || variants.dualstack,
      fips: options.fips || variants.fips,
      accelerate: options.accelerate,
    },
    credentials: await resolve(),
    renewCredentials: resolve,
    transport,
    now: context.now,
    healing: options.healing,
    note: status.note,
    trace: credentials.diagnostics === 'verbose' ? status.debug : undefined,
  })
}

/** What the endpoint's host says, else what environment or profile say. */
async function regionFor(
  endpointUrl: string | undefined,
  options: ConnectionOptions,
  context: Context,
): Promise<string | undefined> {
  const ofHost = endpointUrl === undefined ? undefined : inferScope(parseRequestUrl(endpointUrl).host).region
  return ofHost?.value ?? (await configuredRegion(options.credentials, context))?.value
}
