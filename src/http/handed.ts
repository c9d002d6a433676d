/**
 * A value that is taken once, and then let go: for answers that come through promises that waited for them. An object that
 * outlives two collections of the young ones is an old one, and until a full collection V8 keeps all that an old object
 * leads to, even if nobody holds that object any more. Such are the promise and the async function that waited (which
 * still holds what its last `await` gave). Pages that hang on these would all become old, and to be rid of them would take
 * a sixth of a listing's time.
 */
export class Handed<Value extends object | string> {
  #value: Value | undefined

  constructor(value: Value) {
    this.#value = value
  }

  /** @throws Error the second time */
  take(): Value {
    const value = this.#value
    this.#value = undefined
    if (value === undefined) throw new Error('a value can be taken only once')
    return value
  }
}
