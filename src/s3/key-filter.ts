import { compileGlob, type Glob } from './glob.ts'
import type { ListEntry } from './list-page.ts'

/** Which entries are wanted; what is undefined or empty asks nothing. */
export interface FilterOptions {
  /** Matched against the full key. */
  readonly glob: Glob | undefined
  /** In their order: the last that matches decides, as in the AWS CLI; what none matches is included. */
  readonly rules: readonly FilterRule[]
  /** Modified after this time. */
  readonly newerThan: Date | undefined
  /** Modified before this time. */
  readonly olderThan: Date | undefined
  /** Bytes; more than that. */
  readonly largerThan: number | undefined
  /** Bytes; less than that. */
  readonly smallerThan: number | undefined
  /** Any of these. */
  readonly storageClasses: readonly string[]
}

export interface FilterRule {
  readonly verdict: 'include' | 'exclude'
  /** As Python's fnmatch, which the AWS CLI uses: `*` crosses `/`. */
  readonly pattern: string
}

type Test = (entry: ListEntry) => boolean

/**
 * Makes one test of all filters. What lacks a size, a time or a class (common prefixes, delete markers) does not pass a filter on it.
 * @returns undefined where everything passes
 */
export function entryFilter(options: FilterOptions): Test | undefined {
  const tests = [
    ...globTests(options.glob),
    ...ruleTests(options.rules),
    ...timeTests(options),
    ...sizeTests(options),
    ...classTests(options.storageClasses),
  ]
  const [first, ...others] = tests
  if (first === undefined || others.length === 0) return first
  return (entry) => tests.every((test) => test(entry))
}

function globTests(glob: Glob | undefined): readonly Test[] {
  return glob === undefined ? [] : [(entry) => glob.matches(entry.key)]
}

function ruleTests(rules: readonly FilterRule[]): readonly Test[] {
  if (rules.length === 0) return []
  const lastFirst = rules.map(({ verdict, pattern }) => ({ verdict, glob: compileGlob(pattern, 'names') })).reverse()
  return [({ key }) => lastFirst.find(({ glob }) => glob.matches(key))?.verdict !== 'exclude']
}

function timeTests({ newerThan, olderThan }: FilterOptions): readonly Test[] {
  const tests: Test[] = []
  const timeOf = (entry: ListEntry) => Date.parse(entry.lastModified ?? '')
  // A time that cannot be read is NaN, which is neither newer nor older.
  if (newerThan !== undefined) tests.push((entry) => timeOf(entry) > newerThan.getTime())
  if (olderThan !== undefined) tests.push((entry) => timeOf(entry) < olderThan.getTime())
  return tests
}

function sizeTests({ largerThan, smallerThan }: FilterOptions): readonly Test[] {
  const tests: Test[] = []
  if (largerThan !== undefined) tests.push(({ size }) => size !== undefined && size > largerThan)
  if (smallerThan !== undefined) tests.push(({ size }) => size !== undefined && size < smallerThan)
  return tests
}

function classTests(classes: readonly string[]): readonly Test[] {
  if (classes.length === 0) return []
  const wanted = new Set(classes.map((name) => name.toUpperCase()))
  return [(entry) => wanted.has(storageClassOf(entry) ?? '')]
}

/** An object whose class the service does not name is of the standard one. */
export function storageClassOf(entry: ListEntry): string | undefined {
  if (entry.kind !== 'object' && entry.kind !== 'version') return undefined
  return entry.storageClass ?? 'STANDARD'
}
