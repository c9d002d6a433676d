/** One header line as given: the name in the user's case, the value as text (sent as UTF-8 bytes). */
export interface Header {
  readonly name: string
  readonly value: string
}

/** The values of all headers of that name, in order; the name in lower case. */
export function headerValues(headers: readonly Header[], lowerCaseName: string): readonly string[] {
  return headers.filter((header) => header.name.toLowerCase() === lowerCaseName).map((header) => header.value)
}

/** The first value of that name; the name in lower case. */
export function headerValue(headers: readonly Header[], lowerCaseName: string): string | undefined {
  return headers.find((header) => header.name.toLowerCase() === lowerCaseName)?.value
}
