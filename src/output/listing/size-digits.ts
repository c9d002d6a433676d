/** A size in bytes as text. V8 keeps what `String` makes of the last thousands of numbers: of a million sizes that was most of a listing's lasting garbage. */
export function sizeDigits(bytes: number): string {
  return bytes.toFixed(0)
}
