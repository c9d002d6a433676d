import { hash } from 'node:crypto'
import type { ReceivedBody } from '../../request/received-request.ts'
import { emptyBody } from '../../request/received-request.ts'
import { declaredPayloadHash } from '../base-draft.ts'
import type { Mistake, SearchedSituation, Variant } from './mistake.ts'

export const payloadMistakes: readonly Mistake[] = [
  {
    id: 'payload-empty',
    likelihood: 68,
    cause: 'the hash of an empty body was signed, but the request has a body',
    fix: 'hash the body that is sent, also for S3 in x-amz-content-sha256',
    variants: ({ base }) =>
      [
        signedHash('the hash of the empty body', base.payloadHash === emptyBody.sha256 ? undefined : emptyBody.sha256),
        signedHash('nothing in place of the payload hash', ''),
      ].flat(),
  },
  {
    id: 'payload-unsigned',
    likelihood: 66,
    cause: 'UNSIGNED-PAYLOAD was signed where the service wants the hash of the body',
    fix: "sign the body's SHA-256; only S3 (and its presigned URLs) and a few other operations take UNSIGNED-PAYLOAD",
    variants: () => signedHash('UNSIGNED-PAYLOAD', 'UNSIGNED-PAYLOAD'),
  },
  {
    id: 'payload-newline',
    likelihood: 64,
    cause: 'the body was signed with another line end at its end than it was sent with',
    fix: 'send the very bytes that were hashed: no trailing newline added or lost (echo adds one, curl -d @FILE loses it)',
    variants: ({ request }) => bodyVariants(request.body, 'payload-newline'),
  },
  {
    id: 'payload-crlf',
    likelihood: 62,
    cause: 'the line ends of the body changed between signing and sending',
    fix: 'hash and send the same bytes; read and write the body in binary mode',
    variants: ({ request }) => bodyVariants(request.body, 'payload-crlf'),
  },
  {
    id: 'payload-other',
    likelihood: 50,
    cause: 'another body was signed than the one that was sent',
    fix: 'hash the bytes that are sent, after every conversion (JSON text, character set, compression)',
    variants: otherPayloads,
  },
]

type BodyForm = readonly [detail: string, form: (text: string) => string | undefined]

const newlineForms: readonly BodyForm[] = [
  ['a line feed at the end that was not sent', (text) => `${text}\n`],
  ['CR and LF at the end that were not sent', (text) => `${text}\r\n`],
  ['without the line end that was sent', (text) => text.replace(/\r?\n$/, '')],
  ['without the last character of the line end', (text) => text.replace(/[\r\n]$/, '')],
  ['without the blanks and line ends at its end', (text) => text.trimEnd()],
  ['without the blanks and line ends at both ends', (text) => text.trim()],
]

const crlfForms: readonly BodyForm[] = [
  ['LF in place of CRLF', (text) => text.replaceAll('\r\n', '\n')],
  ['CRLF in place of LF', (text) => text.replace(/\r?\n/g, '\r\n')],
  ['LF in place of CRLF, without the last', (text) => text.replaceAll('\r\n', '\n').replace(/\n$/, '')],
  ['CRLF in place of LF, without the last', (text) => text.replace(/\r?\n/g, '\r\n').replace(/\r\n$/, '')],
  ['line ends that were not sent removed', (text) => text.replace(/[\r\n]/g, '')],
  ['CR in place of LF', (text) => text.replace(/\r?\n/g, '\r')],
]

const otherForms: readonly BodyForm[] = [
  ['JSON without blanks', json((value) => JSON.stringify(value))],
  ['JSON with a blank behind each comma and colon', json((value) => spacedJson(value))],
  ['JSON indented by two', json((value) => JSON.stringify(value, null, 2))],
  ['JSON indented by four', json((value) => JSON.stringify(value, null, 4))],
  ['JSON with its members sorted', json((value) => JSON.stringify(sorted(value)))],
  ['JSON as a JSON string', (text) => JSON.stringify(text)],
  ['with a byte order mark', (text) => `\ufeff${text}`],
  ['form fields with %20 for a space', (text) => text.replaceAll('+', '%20')],
  ['form fields with + for a space', (text) => text.replaceAll('%20', '+')],
  ['base64 of it', (text) => Buffer.from(text, 'latin1').toString('base64')],
]

/** Bodies beyond this many bytes are not converted: their hash alone takes milliseconds. */
const mostBytes = 2_000_000

/** A body that may have been hashed in place of the one that was sent. */
export interface OtherBody {
  readonly id: 'payload-newline' | 'payload-crlf' | 'payload-other'
  readonly detail: string
  /** Hex. */
  readonly sha256: string
}

/** What signers hash by mistake; nothing for a body that is not known or too large to convert. */
export function otherBodies(body: ReceivedBody | undefined): readonly OtherBody[] {
  if (body?.bytes === undefined || body.bytes.length > mostBytes) return []
  const known = converted.get(body)
  if (known !== undefined) return known
  const others = convert(body.bytes)
  converted.set(body, others)
  return others
}

const converted = new WeakMap<ReceivedBody, readonly OtherBody[]>()

function convert(bytes: Uint8Array): readonly OtherBody[] {
  // Latin-1 is one character a byte, so that every body survives.
  const text = Buffer.from(bytes).toString('latin1')
  const others = formsById.flatMap(([id, forms]) =>
    forms.flatMap(([detail, form]) => {
      const other = form(text)
      if (other === undefined || other === text) return []
      return [{ id, detail: `the body ${detail}`, sha256: hash('sha256', Buffer.from(other, 'latin1')) }]
    }),
  )
  return [...others, ...characterSets(bytes)]
}

const formsById: readonly (readonly [OtherBody['id'], readonly BodyForm[]])[] = [
  ['payload-newline', newlineForms],
  ['payload-crlf', crlfForms],
  ['payload-other', otherForms],
]

function characterSets(body: Uint8Array): readonly OtherBody[] {
  if (!body.some((byte) => byte > 0x7f)) return []
  const bytes = Buffer.from(body)
  return [
    {
      id: 'payload-other',
      detail: 'the body in Latin-1',
      sha256: hash('sha256', Buffer.from(bytes.toString('utf8'), 'latin1')),
    },
    {
      id: 'payload-other',
      detail: 'the body in UTF-8',
      sha256: hash('sha256', Buffer.from(bytes.toString('latin1'), 'utf8')),
    },
  ]
}

function bodyVariants(body: ReceivedBody | undefined, id: OtherBody['id']): readonly Variant[] {
  return otherBodies(body)
    .filter((other) => other.id === id)
    .flatMap(({ detail, sha256 }) => signedHash(detail, sha256))
}

function otherPayloads({ request, base }: SearchedSituation): readonly Variant[] {
  const declared = declaredPayloadHash(request)
  const body = request.body ?? emptyBody
  return [
    ...signedHash(
      'what x-amz-content-sha256 says, which is not the hash of the body',
      declared === base.payloadHash ? undefined : declared,
    ),
    ...signedHash(
      'the hash of the body, not what x-amz-content-sha256 says',
      body.sha256 === base.payloadHash ? undefined : body.sha256,
    ),
    ...signedHash('the hash in upper case', base.payloadHash.toUpperCase()),
    ...signedHash('the hash in base64', Buffer.from(base.payloadHash, 'hex').toString('base64')),
    ...signedHash('STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'),
    ...bodyVariants(request.body, 'payload-other'),
  ]
}

function signedHash(detail: string, payloadHash: string | undefined): readonly Variant[] {
  return payloadHash === undefined ? [] : [{ detail, apply: (draft) => ({ ...draft, payloadHash }) }]
}

function json(format: (value: unknown) => string): (text: string) => string | undefined {
  return (text) => {
    if (!/^\s*[[{]/.test(text)) return undefined
    try {
      const value: unknown = JSON.parse(Buffer.from(text, 'latin1').toString())
      return Buffer.from(format(value)).toString('latin1')
    } catch {
      return undefined
    }
  }
}

/** As Python's `json.dumps` writes it. */
function spacedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}: ${spacedJson(member)}`)
    .join(', ')}}`
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]))
}
