import { type Context, environmentValue } from '../context.ts'
import { CliError, exitCodes, failure } from '../errors.ts'
import { transportOptions } from '../http/connection-options.ts'
import { fetchDocument } from '../http/document.ts'
import { createTransport } from '../http/transport.ts'
import { partitionOf } from '../request/partition.ts'
import { encodeText } from '../request/percent-encoding.ts'
import { destinationOf, formatRequestUrl, parseEndpointUrl, type RequestUrl } from '../request/request-url.ts'
import type { Credentials } from './credentials.ts'
import type { CredentialOptions } from './options.ts'

/** Where each partition's console signs in, by the IAM user guide, "Enable custom identity broker access". */
const domains: Readonly<Record<string, string>> = {
  aws: 'aws.amazon.com',
  'aws-cn': 'amazonaws.cn',
  'aws-us-gov': 'amazonaws-us-gov.com',
}

interface ConsoleOptions {
  readonly region: string | undefined
  readonly options: CredentialOptions
}

/**
 * A URL that signs in to the console, good for 15 minutes; the session ends with the credentials. The federation
 * endpoint can be replaced by `SIGV4_FEDERATION_ENDPOINT`.
 * @throws CliError (failure) for long-term keys, which cannot be federated, and partitions without a known console
 */
export async function consoleUrl(
  credentials: Credentials,
  { region, options }: ConsoleOptions,
  context: Context,
): Promise<string> {
  const { sessionToken } = credentials
  if (!sessionToken) {
    throw failure('the console takes only temporary credentials', 'name a role: sigv4 assume ROLE_ARN --console')
  }
  const partition = partitionOf(region ?? 'us-east-1').id
  const domain = domains[partition]
  if (domain === undefined) {
    throw failure(`the console of partition ${partition} is not known`, 'name a region of another with --region')
  }
  const reason = 'SIGV4_FEDERATION_ENDPOINT'
  const value = environmentValue(context.env, reason) ?? `https://signin.${domain}/federation`
  const federation = parseEndpointUrl({ value, reason })
  const session = JSON.stringify({
    sessionId: credentials.accessKeyId,
    sessionKey: credentials.secretAccessKey.reveal(),
    sessionToken: sessionToken.reveal(),
  })
  const query = `Action=getSigninToken&Session=${encodeText(session)}`
  const token = await signinToken({ ...federation, query }, options, context)
  const destination =
    region === undefined
      ? `https://console.${domain}/`
      : `https://${region}.console.${domain}/console/home?region=${region}`
  const login = `Action=login&Destination=${encodeText(destination)}&SigninToken=${encodeText(token)}`
  return formatRequestUrl({ ...federation, query: login })
}

async function signinToken(url: RequestUrl, options: CredentialOptions, context: Context): Promise<string> {
  const transport = createTransport(transportOptions(options.connection, context))
  try {
    const request = {
      method: 'GET',
      ...destinationOf(url),
      headers: [
        { name: 'Host', value: url.host },
        { name: 'Accept', value: 'application/json' },
      ],
      signal: context.interrupt,
    }
    const response = await fetchDocument(transport, request, 65_536)
    const token = /"SigninToken"\s*:\s*"([^"\s]+)"/.exec(response.body.toString())?.[1]
    if (response.status >= 200 && response.status <= 299 && token !== undefined) return token
    throw new CliError(
      `the console's sign-in (${formatRequestUrl({ ...url, query: undefined })}) answered HTTP ${response.status}`,
      {
        exitCode: response.status >= 400 && response.status < 500 ? exitCodes.refused : exitCodes.serviceFailure,
        hint: "'sigv4 whoami' says whether the credentials work",
      },
    )
  } finally {
    transport.close()
  }
}
