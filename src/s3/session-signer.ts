import type { Credentials } from '../credentials/credentials.ts'
import type { Header } from '../request/header.ts'
import type { RequestUrl } from '../request/request-url.ts'
import { type BulkSigner, bulkSigner, bulkTemplate } from '../sign/bulk.ts'
import { type SignedRequest, type SigningOptions, signRequest, type UnsignedRequest } from '../sign/sign-request.ts'
import { signingOptionsFor } from '../sign/signing-options.ts'
import { version } from '../version.ts'
import { type Footing, timeOn } from './footing.ts'

/** What a request is signed for: all of it but the query. */
interface SigningInput {
  readonly url: RequestUrl
  /** Beside those of the signature; requests that share the list itself are signed together. */
  readonly headers: readonly Header[]
  readonly footing: Footing
  readonly now: Date
}

/** A signed request, from which others of the same second take all but query and signature. */
interface Template extends Pick<SigningInput, 'headers' | 'footing'> {
  readonly second: number
  readonly request: UnsignedRequest
  readonly signed: SignedRequest
  readonly options: SigningOptions
  sign?: BulkSigner
}

const agent = { name: 'User-Agent', value: `sigv4/${version}` }

/** Signs GET requests: the first of a second as any request is signed, those that follow it as `sign --batch` does. */
export class SessionSigner {
  #template: Template | undefined

  /** @returns all headers to send */
  async headers(input: SigningInput): Promise<readonly Header[]> {
    const { url, headers, footing } = input
    const credentials = footing.expressSession?.credentials ?? footing.credentials
    if (credentials === undefined) return [{ name: 'Host', value: url.host }, ...headers, agent]
    const time = timeOn(footing, input.now)
    const second = Math.floor(time.getTime() / 1000)
    const template = this.#template
    if (template?.second === second && template.footing === footing && template.headers === headers) {
      return headersFrom(template, url)
    }
    const request = requestOf(input)
    const options = optionsOf(footing, credentials, time)
    const signed = await signRequest(request, options)
    if (options.algorithm === 'sigv4') this.#template = { headers, footing, second, request, signed, options }
    return [...signed.headers, agent]
  }
}

function requestOf({ url, headers, footing: { expressSession } }: SigningInput): UnsignedRequest {
  const token =
    expressSession === undefined ? [] : [{ name: 'x-amz-s3session-token', value: expressSession.token.reveal() }]
  const { host, path, query } = url
  return { method: 'GET', host, path, query, headers: [...headers, ...token], payload: { body: '' } }
}

function optionsOf({ endpoint }: Footing, credentials: Credentials, time: Date): SigningOptions {
  const reason = "the bucket's address"
  const scope = {
    service: { value: endpoint.service, reason },
    region: { value: endpoint.region, reason },
    algorithm: { value: endpoint.algorithm, reason },
    warnings: [],
  }
  return signingOptionsFor({ scope, credentials, time, form: 'header' })
}

/** `Authorization` ends in the signature. */
function headersFrom(template: Template, { path, query }: RequestUrl): readonly Header[] {
  const { request, signed, options } = template
  template.sign ??= bulkSigner(bulkTemplate(request, signed, options))
  const { signature } = template.sign({ path, query, pathIsEncoded: false })
  return [...signed.headers, agent].map((header) =>
    header.name === 'Authorization'
      ? { name: header.name, value: header.value.slice(0, -signature.length) + signature }
      : header,
  )
}
