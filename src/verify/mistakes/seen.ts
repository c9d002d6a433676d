import type { Mistake } from './mistake.ts'

/** Mistakes that are seen in the request, or that only the service can tell: nothing is to be searched. */
export const seenMistakes: readonly Mistake[] = [
  {
    id: 'sigv2',
    likelihood: 90,
    cause: 'the request is signed with a signature version before 4, which AWS refuses',
    fix: 'sign with Signature Version 4 (AWS4-HMAC-SHA256); in old SDKs set signature_version to s3v4 or v4',
  },
  {
    id: 'unsigned',
    likelihood: 90,
    cause: 'the request carries no signature',
    fix: 'send the Authorization header, or use the presigned URL with its whole query; redirects drop both',
  },
  {
    id: 'query-html-escaped',
    likelihood: 90,
    cause: 'the URL is escaped for HTML: &amp; stands where & belongs',
    fix: 'write & for each &amp; before the URL is used (decode the HTML or XML that it was copied from)',
  },
  {
    id: 'authorization-malformed',
    likelihood: 90,
    cause: 'the signature is not written as the service reads it',
    fix: 'write: AWS4-HMAC-SHA256 Credential=KEYID/DATE/REGION/SERVICE/aws4_request, SignedHeaders=a;b, Signature=HEX; in a URL the same as X-Amz- parameters, percent-encoded once',
  },
  {
    id: 'signature-case',
    likelihood: 85,
    cause: 'the signature is not in lower-case hex',
    fix: 'write the signature in lower-case hex',
  },
  {
    id: 'signature-base64',
    likelihood: 85,
    cause: 'the signature is written in base64',
    fix: 'write the signature in lower-case hex, 64 characters',
  },
  {
    id: 'signature-form',
    likelihood: 85,
    cause: 'the signature is no signature: something of it was cut off, added or changed',
    fix: 'send the whole signature, 64 hex digits; look for a URL that was cut or that took up what stood behind it',
  },
  {
    id: 'content-sha256-missing',
    likelihood: 80,
    cause: 'x-amz-content-sha256 is missing, which this service requires',
    fix: "add x-amz-content-sha256 with the body's SHA-256 in hex (or UNSIGNED-PAYLOAD), and sign it",
  },
  {
    id: 'date-format',
    likelihood: 80,
    cause: 'the signing time is missing, or not written as the service reads it',
    fix: 'send X-Amz-Date as YYYYMMDDTHHMMSSZ, in UTC',
  },
  {
    id: 'expires-too-long',
    likelihood: 30,
    cause: 'the presigned URL is made for longer than seven days',
    fix: 'set X-Amz-Expires to at most 604800 seconds',
  },
  {
    id: 'expired',
    likelihood: 20,
    cause: 'the presigned URL is past its time',
    fix: 'make a new URL; a longer one with X-Amz-Expires, up to seven days',
  },
  {
    id: 'not-yet-valid',
    likelihood: 20,
    cause: 'the presigned URL is from the future',
    fix: 'set the clock of the machine that signs, and use UTC',
  },
  {
    id: 'clock-skew',
    likelihood: 20,
    cause: 'the signing time is more than 15 minutes away from the time of the service',
    fix: 'set the clock (NTP), use UTC, and send a request soon after it was signed',
  },
  {
    id: 'access-key-other',
    likelihood: 70,
    cause: 'the request names another access key ID than the one whose secret signed it',
    fix: 'take access key ID and secret from the same key pair',
  },
  {
    id: 'secret-other',
    likelihood: 70,
    cause: 'the service has another secret for this access key ID',
    fix: 'check that the secret belongs to the access key ID and is complete: nothing lost, nothing added',
  },
  {
    id: 'access-key-unknown',
    likelihood: 60,
    cause: 'the service does not know the access key ID',
    fix: 'check that the key exists, is active, belongs to this partition, and that a temporary one has its token',
  },
  {
    id: 'token-expired',
    likelihood: 60,
    cause: 'the temporary credentials have expired',
    fix: 'get new temporary credentials (sigv4 assume, aws sso login) and sign again',
  },
  {
    id: 'token-invalid',
    likelihood: 60,
    cause: 'the session token is not the one that belongs to the access key',
    fix: 'send the whole token that came with this key, unchanged',
  },
  {
    id: 'unknown',
    likelihood: 0,
    cause: 'no known mistake explains it: the secret is the first suspect',
    fix: 'check that the secret belongs to the access key ID and is complete; then compare the canonical requests of signer and service (sigv4 verify --response)',
  },
]
