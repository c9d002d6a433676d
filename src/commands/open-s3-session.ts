import type { Context } from '../context.ts'
import type { CredentialOptions } from '../credentials/options.ts'
import { resolveCredentials } from '../credentials/resolver.ts'
import { configuredRegion, configuredVariants } from '../credentials/settings.ts'
import type { Transport } from '../http/transport.ts'
import { inferScope } from '../request/infer-scope.ts'
import { parseRequestUrl } from '../request/request-url.ts'
import type { AddressingOptions } from '../s3/addressing.ts'
import { S3Session } from '../s3/s3-session.ts'
import { endpointSetting } from './s3-target.ts'

/** Where S3 answers unless something else is said; a bucket elsewhere says so, and the region is put right. */
const usualRegion = 'us-east-1'

const noVariants = { fips: false, dualstack: false }

/** Where S3 is and who asks. */
export interface S3Connection extends Pick<AddressingOptions, 'style' | 'dualstack' | 'fips' | 'accelerate'> {
  readonly credentials: CredentialOptions
  /** Undefined for requests that name no bucket. */
  readonly bucket: string | undefined
  readonly healing: 'allowed' | 'forbidden'
}

interface Connecting {
  readonly context: Context
  readonly transport: Transport
  /** What takes lines about what is assumed, put right and sent. */
  readonly status: Readonly<Record<'warn' | 'note' | 'debug', (line: string) => void>>
}

/**
 * Finds identity, region and endpoint, for requests to S3 itself or to a bucket.
 * @throws CliError (usage) for a bucket, region or endpoint that cannot be; what the resolver throws
 */
export async function openS3Session(
  options: S3Connection,
  { context, transport, status }: Connecting,
): Promise<S3Session> {
  const { credentials, bucket } = options
  const endpointUrl = (await endpointSetting('S3', credentials, context))?.value
  const known = credentials.region ?? (await regionFor(endpointUrl, credentials, context))
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
      dualstack: options.dualstack === true || variants.dualstack,
      fips: options.fips === true || variants.fips,
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
  credentials: CredentialOptions,
  context: Context,
): Promise<string | undefined> {
  const ofHost = endpointUrl === undefined ? undefined : inferScope(parseRequestUrl(endpointUrl).host).region
  return ofHost?.value ?? (await configuredRegion(credentials, context))?.value
}
