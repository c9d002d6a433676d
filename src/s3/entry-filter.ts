import type { EntryMember } from './entry-shape.ts'
import { compileGlob, type Glob } from './glob.ts'
import type { ListEntry } from './list-page.ts'

/** What a listing should hold; everything left out is wanted. */
export interface EntryFilter {
  /** The glob of the command's argument. */
  readonly glob?: Glob | undefined
  /** In the order of the command line: the last one that matches decides, as in the AWS CLI. */
  readonly rules: readonly FilterRule[]
  /** Modified after this, and before that; in milliseconds since 1970. */
  readonly newerThan?: number | undefined
  readonly olderThan?: number | undefined
  /** More bytes than this, and fewer than that. */
  readonly largerThan?: number | undefined
  readonly smallerThan?: number | undefined
  /** In upper case; an object without a class is `STANDARD`. */
  readonly storageClasses: ReadonlySet<string>
}

export interface FilterRule {
  readonly effect: 'include' | 'exclude'
  readonly glob: Glob
}

/** A pattern of `--include` and `--exclude`: `*` and `?` cross slashes, `[...]` and nothing else is special. */
export function compileFilterRule(effect: FilterRule['effect'], pattern: string): FilterRule {
  return { effect, glob: compileGlob(pattern, { slashes: 'cross', syntax: 'plain' }) }
}

/**
 * Makes the test of a filter; undefined where it lets everything pass. Common prefixes pass what is about names, and
 * nothing that is about dates, sizes or classes, of which they have none. Delete markers have no size and no class.
 */
export function compileFilter(filter: EntryFilter): ((entry: ListEntry) => boolean) | undefined {
  const tests = [nameTest(filter), dateTest(filter), sizeTest(filter), classTest(filter)].filter(
    (test) => test !== undefined,
  )
  return tests.length === 0 ? undefined : (entry) => tests.every((test) => test(entry))
}

/** The members that a filter looks at. */
export function filterMembers(filter: EntryFilter): readonly EntryMember[] {
  return [
    ...(dateTest(filter) ? (['lastModified'] as const) : []),
    ...(sizeTest(filter) ? (['size'] as const) : []),
    ...(classTest(filter) ? (['storageClass'] as const) : []),
  ]
}

type Test = (entry: ListEntry) => boolean

function nameTest({ glob, rules }: EntryFilter): Test | undefined {
  if (glob === undefined && rules.length === 0) return undefined
  const fromLast = [...rules].reverse()
  return ({ key }) => {
    if (glob !== undefined && !glob.matches(key)) return false
    return fromLast.find((rule) => rule.glob.matches(key))?.effect !== 'exclude'
  }
}

function dateTest({ newerThan, olderThan }: EntryFilter): Test | undefined {
  if (newerThan === undefined && olderThan === undefined) return undefined
  return ({ lastModified }) => {
    const time = Date.parse(lastModified ?? '')
    return time > (newerThan ?? Number.NEGATIVE_INFINITY) && time < (olderThan ?? Number.POSITIVE_INFINITY)
  }
}

function sizeTest({ largerThan, smallerThan }: EntryFilter): Test | undefined {
  if (largerThan === undefined && smallerThan === undefined) return undefined
  return ({ size }) =>
    size !== undefined && size > (largerThan ?? -1) && size < (smallerThan ?? Number.POSITIVE_INFINITY)
}

function classTest({ storageClasses }: EntryFilter): Test | undefined {
  if (storageClasses.size === 0) return undefined
  return ({ kind, storageClass }) =>
    (kind === 'object' || kind === 'version') && storageClasses.has((storageClass || 'STANDARD').toUpperCase())
}
