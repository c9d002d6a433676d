import { createECDH, createHmac, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { Credentials } from '../credentials/credentials.ts'
import { formatStringToSign, type SignatureInput, type SignatureSteps } from './sigv4.ts'

/**
 * Signs a canonical request with SigV4a: ECDSA P-256 by node:crypto. AWS's package keeps its key derivation private
 * and carries a whole elliptic curve in JavaScript; the tests hold the two together.
 */
export function signSigV4a(input: SignatureInput): SignatureSteps {
  const stringToSign = formatStringToSign('sigv4a', input)
  const signature = sign('sha256', Buffer.from(stringToSign), deriveSigV4aKey(input.credentials)).toString('hex')
  return { stringToSign, signature }
}

/**
 * Signs further strings of the same request: the chunks of a streamed body.
 * @returns a function from a string to sign to its DER signature in hex
 */
export function sigV4aStringSigner(credentials: Credentials): (text: string) => string {
  const key = deriveSigV4aKey(credentials)
  return (text) => sign('sha256', Buffer.from(text), key).toString('hex')
}

/** Whether a hex DER signature over the string to sign was made with these credentials. */
export function verifySigV4a(credentials: Credentials, stringToSign: string, signature: string): boolean {
  const publicKey = createPublicKey(deriveSigV4aKey(credentials))
  return verify('sha256', Buffer.from(stringToSign), publicKey, Buffer.from(signature, 'hex'))
}

/** The order of P-256, less two. */
const orderMinusTwo = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n - 2n

/**
 * The key pair of a secret: NIST SP 800-108 in counter mode with HMAC-SHA256, candidates beyond the curve's order
 * skipped, plus one (AWS's "asymmetric signing key derivation").
 * @throws Error where none of 254 candidates is below the order, of which no secret is known
 */
export function deriveSigV4aKey(credentials: Credentials, prefix = 'AWS4A'): KeyObject {
  const inputKey = `${prefix}${credentials.secretAccessKey.reveal()}`
  for (let counter = 1; counter < 255; counter++) {
    const fixedInput = Buffer.concat([
      Buffer.from([0, 0, 0, 1]),
      Buffer.from('AWS4-ECDSA-P256-SHA256\0'),
      Buffer.from(credentials.accessKeyId),
      Buffer.from([counter, 0, 0, 1, 0]),
    ])
    const candidate = BigInt(`0x${createHmac('sha256', inputKey).update(fixedInput).digest('hex')}`)
    if (candidate <= orderMinusTwo) return privateKeyOf(candidate + 1n)
  }
  throw new Error('no SigV4a key can be derived from this secret')
}

function privateKeyOf(scalar: bigint): KeyObject {
  const bytes = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex')
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(bytes)
  const point = ecdh.getPublicKey()
  return createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: bytes.toString('base64url'),
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  })
}
