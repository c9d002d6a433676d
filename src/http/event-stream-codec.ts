// A bundle of its own, read only with --event-stream.
import { EventStreamCodec } from '@smithy/eventstream-codec'

/** Decodes one message of an event stream; its checksums are checked. */
export interface EventMessage {
  readonly headers: Readonly<Record<string, { readonly type: string; readonly value: unknown }>>
  readonly body: Uint8Array
}

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString(),
  (text) => Buffer.from(text),
)

/** @throws Error for a broken message */
export function decodeEventMessage(bytes: Uint8Array): EventMessage {
  // The codec reads a value as far as its length says: in a copy of its own it finds no memory of ours behind the message.
  return codec.decode(new Uint8Array(bytes))
}
