/** One part of a query between two `&`, as it is sent. */
export interface QueryPart {
  readonly name: string
  /** Undefined where there is no `=`. */
  readonly value: string | undefined
}

/** The parts of a query as it is sent; empty ones (`&&`) vanish. */
export function queryParts(query: string | undefined): readonly QueryPart[] {
  if (query === undefined) return []
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=')
      return equals < 0
        ? { name: part, value: undefined }
        : { name: part.slice(0, equals), value: part.slice(equals + 1) }
    })
}
