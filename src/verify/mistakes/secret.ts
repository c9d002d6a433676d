import { encodeText } from '../../request/percent-encoding.ts'
import { lowerCaseHex } from './encoding.ts'
import { changeKey, type Mistake, type Variant } from './mistake.ts'

export const secretMistakes: readonly Mistake[] = [
  {
    id: 'secret-whitespace',
    likelihood: 58,
    cause: 'the secret was used with a blank or line end that does not belong to it (or without one that does)',
    fix: 'strip line ends and blanks from the secret when it is read from a file or a variable',
    variants: () => [
      ...['\n', '\r\n', '\r', ' ', '\t', '\0', '\ufeff'].map((blank) =>
        signedWith(`${JSON.stringify(blank)} at the end of the secret`, (secret) => `${secret}${blank}`),
      ),
      ...[' ', '\n', '\t', '\ufeff'].map((blank) =>
        signedWith(`${JSON.stringify(blank)} before the secret`, (secret) => `${blank}${secret}`),
      ),
      signedWith('a blank on both sides of the secret', (secret) => ` ${secret} `),
      signedWith('without the blanks around the secret', (secret) => secret.trim()),
    ],
  },
  {
    id: 'secret-quoted',
    likelihood: 54,
    cause: 'the secret was used with quotes around it',
    fix: 'remove the quotes: docker --env-file and many .env readers take them for part of the value',
    variants: () =>
      ['"', "'", '`'].map((quote) => signedWith(`${quote} around the secret`, (secret) => `${quote}${secret}${quote}`)),
  },
  {
    id: 'secret-url-encoded',
    likelihood: 56,
    cause: 'the secret was percent-encoded or decoded before it was used',
    fix: 'use the secret as it is: its / and + need no encoding, and none is to be undone',
    variants: () => [
      signedWith('the secret percent-encoded', encodeText),
      signedWith('the secret percent-encoded in lower-case hex', (secret) => lowerCaseHex(encodeText(secret))),
      signedWith('the secret percent-encoded, but for /', (secret) => encodeText(secret).replaceAll('%2F', '/')),
      signedWith('the secret percent-encoded, but for +', (secret) => encodeText(secret).replaceAll('%2B', '+')),
      signedWith('+ of the secret read as a space', (secret) => secret.replaceAll('+', ' ')),
      signedWith('the secret percent-decoded', (secret) => decoded(secret)),
      signedWith('the secret percent-decoded, + as a space', (secret) => decoded(secret.replaceAll('+', ' '))),
    ],
  },
  {
    id: 'secret-without-aws4',
    likelihood: 58,
    cause: "'AWS4' was not put before the secret when the signing key was derived",
    fix: "derive the first key from 'AWS4' followed by the secret ('AWS4A' for SigV4a)",
    variants: ({ claim }) => [
      { detail: 'the secret alone', apply: changeKey({ prefix: '' }) },
      ...(claim.algorithm === 'sigv4a'
        ? [{ detail: "'AWS4', not 'AWS4A'", apply: changeKey({ prefix: 'AWS4' }) }]
        : []),
    ],
  },
  {
    id: 'key-hex-chained',
    likelihood: 58,
    cause: 'the keys of the HMAC chain were used as hex text',
    fix: 'use the raw bytes of each HMAC as the next key; only the signature itself is hex',
    variants: ({ claim }) =>
      claim.algorithm === 'sigv4' ? [{ detail: 'each key as hex text', apply: changeKey({ chain: 'hex' }) }] : [],
  },
  {
    id: 'key-steps',
    likelihood: 45,
    cause: 'the signing key was derived over other steps than date, region, service, aws4_request',
    fix: "derive the key over the scope's date, region and service and over 'aws4_request', in this order",
    variants: ({ claim }) => (claim.algorithm === 'sigv4' ? stepVariants : []),
  },
]

const stepVariants: readonly Variant[] = [
  {
    detail: "without 'aws4_request'",
    apply: changeKey({ steps: ({ date, region, service }) => [date, region, service] }),
  },
  {
    detail: 'service before region',
    apply: changeKey({ steps: ({ date, region, service }) => [date, service, region, 'aws4_request'] }),
  },
  { detail: 'no derivation at all', apply: changeKey({ steps: () => [] }) },
  { detail: 'the date alone', apply: changeKey({ steps: ({ date }) => [date] }) },
  { detail: 'without the region', apply: changeKey({ steps: ({ date, service }) => [date, service, 'aws4_request'] }) },
  { detail: 'without the service', apply: changeKey({ steps: ({ date, region }) => [date, region, 'aws4_request'] }) },
]

function signedWith(detail: string, secret: (secret: string) => string): Variant {
  return { detail, apply: changeKey({ secret }) }
}

function decoded(secret: string): string {
  try {
    return decodeURIComponent(secret)
  } catch {
    return secret
  }
}
