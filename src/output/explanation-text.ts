import { shortenToken } from '../credentials/secret.ts'
import type { Header } from '../request/header.ts'
import type { SigningSteps } from '../sign/sign-request.ts'
import { escapeForTerminal } from './escape.ts'
import type { InferredValue, InferredValues } from './explanation.ts'
import { formatRow, type Layout, wrapText } from './labelled-rows.ts'

/** All that there is to tell of one signature. */
export interface Explanation {
  readonly method: string
  /** As it was before signing. */
  readonly url: string
  readonly steps: SigningSteps
  readonly inferred: InferredValues
  /** Names of headers that are sent and not signed. */
  readonly unsignedHeaders: readonly string[]
  /** What signing adds to the request: headers, or the end of a presigned query, a parameter with its `?` or `&` each. */
  readonly added: readonly Header[] | { readonly query: readonly string[] }
}

/**
 * How a signature comes about, step by step, for people; ends in a blank line. Session tokens are shortened, the secret never appears.
 * The words are those of AWS's page "Create a signed AWS API request" (IAM User Guide).
 */
export function formatExplanation(explanation: Explanation, layout: Layout): string {
  const { method, url, steps } = explanation
  const isV4 = steps.algorithm === 'sigv4'
  const sections: readonly (readonly [title: string, body: readonly string[]])[] = [
    ['What it is signed for, and where each value comes from', scopeRows(explanation.inferred, layout)],
    ['Canonical request: the one form of it that both sides can rebuild', canonicalRequestRows(explanation, layout)],
    ['String to sign: four lines', stringToSignRows(steps, layout)],
    isV4
      ? ['Signing key: a chain of HMAC-SHA256, the bytes of each result the next key', hmacKeyRows(steps, layout)]
      : ['Signing key: an elliptic curve key pair, the same for all regions and days', ecdsaKeyRows(layout)],
    [
      isV4
        ? 'Signature: HMAC-SHA256 of the string to sign, in lower-case hex'
        : 'Signature: ECDSA with SHA-256 of the string to sign, DER in hex',
      signatureRows(steps, layout),
    ],
    ['What is added to the request', addedLines(explanation, layout)],
  ]
  const title = escapeForTerminal(withoutToken(`How ${method} ${url} is signed`))
  const steps1To6 = sections.map(([text, body], index) => {
    const [first = '', ...rest] = wrapText(text, { columns: layout.columns, start: 3 })
    const heading = [`${index + 1}. ${first.trimStart()}`, ...rest]
    return [...heading.map((line) => layout.style.bold(line)), ...body].join('\n')
  })
  return `${[layout.style.bold(title), ...steps1To6].join('\n\n')}\n\n`
}

function scopeRows(inferred: InferredValues, layout: Layout): readonly string[] {
  const row = (label: string, { value, reason }: InferredValue) =>
    formatRow({ label, lines: [value], remark: reason, emphasis: 'value' }, layout)
  return [
    ...row('host', inferred.host),
    ...row('service', inferred.service),
    ...row('region', inferred.region),
    ...row('algorithm', inferred.algorithm),
    ...row('time', inferred.time),
    ...row('credentials', inferred.credentials),
    ...(inferred.sessionToken ? row('session token', inferred.sessionToken) : []),
  ]
}

function canonicalRequestRows({ method, steps, inferred, unsignedHeaders }: Explanation, layout: Layout) {
  const parameters = steps.canonicalQuery === '' ? [] : withoutToken(steps.canonicalQuery).split('&')
  const headers = steps.canonicalHeaders.map(
    ({ name, value }) => `${name}:${isToken(name) ? shortenToken(value) : value}`,
  )
  return [
    ...formatRow({ label: 'method', lines: [method] }, layout),
    ...formatRow({ label: 'path', lines: [steps.canonicalPath], remark: inferred.path.reason }, layout),
    ...formatRow(
      {
        label: 'query',
        lines: parameters.map((parameter, index) => (index === 0 ? parameter : `&${parameter}`)),
        remark:
          parameters.length === 0 ? 'none: an empty line' : 'one line; each part decoded, encoded once, and sorted',
      },
      layout,
    ),
    ...formatRow(
      { label: 'headers', lines: headers, remark: 'a line each, names in lower case and sorted, values trimmed' },
      layout,
    ),
    ...formatRow({ label: '', lines: [], remark: 'an empty line ends them' }, layout),
    ...formatRow({ label: 'SignedHeaders', lines: [steps.signedHeaders] }, layout),
    ...formatRow({ label: 'payload hash', lines: [steps.payloadHash], remark: inferred.payloadHash.reason }, layout),
    ...(unsignedHeaders.length === 0
      ? []
      : formatRow({ label: 'left out', lines: [unsignedHeaders.join(', ')], remark: 'sent, but not signed' }, layout)),
  ]
}

function stringToSignRows(steps: SigningSteps, layout: Layout): readonly string[] {
  const [algorithm = '', time = '', scope = '', hash = ''] = steps.stringToSign.split('\n')
  const parts = steps.algorithm === 'sigv4' ? 'day, region and service' : 'day and service'
  return [
    ...formatRow({ label: 'algorithm', lines: [algorithm] }, layout),
    ...formatRow({ label: 'time', lines: [time] }, layout),
    ...formatRow({ label: 'scope', lines: [scope], remark: parts }, layout),
    ...formatRow({ label: 'request hash', lines: [hash], remark: 'SHA-256 of the canonical request' }, layout),
  ]
}

function hmacKeyRows({ time, region, service }: SigningSteps, layout: Layout): readonly string[] {
  return [
    ...formatRow({ label: 'DateKey', lines: [`HMAC("AWS4" + secret access key, "${time.shortDate}")`] }, layout),
    ...formatRow({ label: 'RegionKey', lines: [`HMAC(DateKey, "${region}")`] }, layout),
    ...formatRow({ label: 'ServiceKey', lines: [`HMAC(RegionKey, "${service}")`] }, layout),
    ...formatRow({ label: 'SigningKey', lines: ['HMAC(ServiceKey, "aws4_request")'] }, layout),
  ]
}

function ecdsaKeyRows(layout: Layout): readonly string[] {
  const input = 'input: the name of the algorithm, the access key ID and a counter (NIST SP 800-108)'
  return [
    ...formatRow({ label: 'candidate', lines: ['HMAC("AWS4A" + secret access key, input)'], remark: input }, layout),
    ...formatRow(
      {
        label: 'private key',
        lines: ['candidate + 1'],
        remark: 'the first candidate that is no more than the order of P-256 less two, counting from 1',
      },
      layout,
    ),
  ]
}

function signatureRows({ algorithm, signature }: SigningSteps, layout: Layout): readonly string[] {
  const remark =
    algorithm === 'sigv4' ? 'HMAC(SigningKey, string to sign)' : 'with the private key; another every time, all valid'
  return formatRow({ label: 'signature', lines: [signature], remark, emphasis: 'result' }, layout)
}

function addedLines({ added }: Explanation, { style }: Layout): readonly string[] {
  if ('query' in added) return added.query.map((part) => `  ${escapeForTerminal(withoutToken(part))}`)
  return added.flatMap(({ name, value }) => {
    const text = isToken(name.toLowerCase()) ? shortenToken(value) : value
    const [first = '', ...rest] = name === 'Authorization' ? text.split(/ (?=[A-Z][A-Za-z]+=)/) : [text]
    const label = style.dim(`${escapeForTerminal(name)}:`)
    return [`  ${label} ${escapeForTerminal(first)}`, ...rest.map((part) => `    ${escapeForTerminal(part)}`)]
  })
}

function isToken(lowerCaseName: string): boolean {
  return lowerCaseName === 'x-amz-security-token' || lowerCaseName === 'x-amz-s3session-token'
}

function withoutToken(text: string): string {
  return text.replace(/(X-Amz-S(?:ecurity|3session)-Token=)([^&\s]*)/gi, (_, name, token) => name + shortenToken(token))
}
