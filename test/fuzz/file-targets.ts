import assert from 'node:assert/strict'
import { parseIni, RefusedSection } from '../../src/credentials/ini.ts'
import type { FuzzTarget } from './fuzzer.ts'

export const fileTargets: readonly FuzzTarget[] = [
  {
    name: 'ini',
    seeds: [
      '[default]\naws_access_key_id = AKIDEXAMPLE ; comment\n# comment\n[profile "a b"]\r\nregion=eu-west-1\r\n',
      '[services local]\ns3 =\n  endpoint_url = http://127.0.0.1\n  x = y\n[sso-session s]\nsso_region = x',
    ],
    words: [
      '[',
      ']',
      '[profile ',
      '[default]',
      '=',
      '\n',
      '\r\n',
      '\r',
      '\n  ',
      '#',
      ';',
      ' ;',
      '__proto__',
      'constructor',
      '\t',
      '\ufeff',
    ],
    check(text) {
      try {
        for (const [section, settings] of parseIni(text)) {
          assert.doesNotMatch(section, /\n/)
          for (const [name, { value, line }] of settings) {
            assert.doesNotMatch(name + value, /\n/)
            assert.notEqual(value, '')
            assert.ok(line >= 1 && line <= text.split('\n').length)
          }
        }
      } catch (error) {
        if (!(error instanceof RefusedSection)) throw error
      }
    },
  },
]
