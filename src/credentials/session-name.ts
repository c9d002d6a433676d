import type { Context } from '../context.ts'

/** `sigv4-USER`, in the characters and the length that STS takes. */
export function defaultSessionName({ userName }: Context): string {
  return `sigv4-${userName.replace(/[^\w+=,.@-]/g, '-')}`.slice(0, 64)
}
