/** A connection from an earlier request had been closed meanwhile: the request goes over a new one. */
export class StaleConnection extends Error {
  override readonly name = 'StaleConnection'
}
