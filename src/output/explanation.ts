import { shortenToken } from '../credentials/secret.ts'
import type { SigningSteps } from '../sign/sign-request.ts'
import { algorithmIdentifiers } from '../sign/sigv4.ts'
import { escapeForTerminal } from './escape.ts'
import type { Style } from './style.ts'

/** A value that was not given but found, and how. */
export interface InferredValue {
  readonly value: string
  readonly reason: string
}

/** Why each step is as it is, in the order in which it is told. */
export type InferredValues = Readonly<Record<string, InferredValue>>

/** The member `explain` of `sign --format json`. */
export function explanationMembers(steps: SigningSteps, inferred: InferredValues): Record<string, unknown> {
  return {
    algorithm: algorithmIdentifiers[steps.algorithm],
    service: steps.service,
    region: steps.region,
    credentialScope: steps.credentialScope,
    signedHeaders: steps.signedHeaders,
    canonicalRequest: steps.canonicalRequest,
    payloadHash: steps.payloadHash,
    stringToSign: steps.stringToSign,
    signature: steps.signature,
    inferred,
  }
}

/** How a signature comes about, step by step, for people. Session tokens are shortened, the secret never appears. */
export function formatExplanation(steps: SigningSteps, inferred: InferredValues, style: Style): string {
  const lines = [
    heading(1, 'What is signed, and where that comes from', style),
    ...Object.entries(inferred).map(([name, { value, reason }]) => inferredLine(name, value, reason, style)),
    '',
    heading(2, 'Canonical request: the request in the one form that both sides can rebuild', style),
    ...canonicalRequestLines(steps, style),
    '',
    heading(3, 'String to sign: algorithm, time, credential scope, hash of the canonical request', style),
    ...stringToSignLines(steps, style),
    '',
    heading(4, 'Signing key', style),
    ...keyLines(steps),
    '',
    heading(5, 'Signature', style),
    `    ${style.green(steps.signature)}`,
    ...signatureLines(steps),
  ]
  return `${lines.join('\n')}\n`
}

function heading(step: number, text: string, style: Style): string {
  return style.bold(`${step}. ${text}`)
}

function inferredLine(name: string, value: string, reason: string, style: Style): string {
  return `    ${name.padEnd(14)} ${style.cyan(escapeForTerminal(value))}  ${style.dim(escapeForTerminal(reason))}`
}

function canonicalRequestLines(steps: SigningSteps, style: Style): readonly string[] {
  const part = (name: string, text: string) =>
    `    ${style.dim(name.padEnd(14))} ${escapeForTerminal(withoutToken(text))}`
  return [
    part('method', steps.canonicalRequest.slice(0, steps.canonicalRequest.indexOf('\n'))),
    part('path', steps.canonicalPath),
    part('query', steps.canonicalQuery),
    ...steps.canonicalHeaders.map(({ name, value }, index) =>
      part(index === 0 ? 'headers' : '', `${name}:${name === 'x-amz-security-token' ? shortenToken(value) : value}`),
    ),
    part('', ''),
    part('signed headers', steps.signedHeaders),
    part('payload hash', steps.payloadHash),
  ].map((line) => line.trimEnd())
}

function stringToSignLines(steps: SigningSteps, style: Style): readonly string[] {
  const names = ['algorithm', 'time', 'scope', 'request hash']
  return steps.stringToSign
    .split('\n')
    .map((line, index) => `    ${style.dim((names[index] ?? '').padEnd(14))} ${escapeForTerminal(line)}`)
}

function keyLines(steps: SigningSteps): readonly string[] {
  if (steps.algorithm === 'sigv4a') {
    return [
      '    an ECDSA P-256 key pair, derived from secret and access key ID with HMAC-SHA256 in counter mode',
      '    ("AWS4A" + secret, NIST SP 800-108); it belongs to no region and to no day',
    ]
  }
  const { time, region, service } = steps
  return [
    '    HMAC-SHA256, each result the next key, as bytes:',
    `    "AWS4" + secret  ->  "${time.shortDate}"  ->  "${region}"  ->  "${service}"  ->  "aws4_request"`,
  ]
}

function signatureLines(steps: SigningSteps): readonly string[] {
  return steps.algorithm === 'sigv4a'
    ? ['    ECDSA over SHA-256 of the string to sign, DER in hex; another one every time, all of them valid']
    : ['    HMAC-SHA256 of the string to sign with the signing key, in lower-case hex']
}

function withoutToken(text: string): string {
  return text.replace(/(X-Amz-Security-Token=)([^&]*)/g, (_, name, token) => `${name}${shortenToken(token)}`)
}
