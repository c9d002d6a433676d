import { decodeText } from '../../request/percent-encoding.ts'

/** Percent escapes as libraries write them that SigV4 does not accept: `%c3%a9`. */
export function lowerCaseHex(encoded: string): string {
  return encoded.replace(/%[0-9A-F]{2}/g, (written) => written.toLowerCase())
}

/** Takes back the escapes that an encoder with a larger set of safe characters would not have made. */
export function leaving(kept: RegExp, encode: (text: string) => string): (text: string) => string {
  return (text) => encode(text).replace(kept, decodeText)
}
