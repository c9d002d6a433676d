/** Where received bytes go. A promise holds the sender up until it settles. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void> | undefined
  /** Everything has been written; settles when it has all arrived. */
  end(): Promise<void>
}
