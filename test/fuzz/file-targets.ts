import assert from 'node:assert/strict'
import {
  formatCredentialJson,
  parseCredentialJson,
  UnusableCredentialJson,
} from '../../src/credentials/credential-json.ts'
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
  {
    // What a credential_process prints, --credentials names and the cache keeps.
    name: 'credential-json',
    seeds: [
      '{"Version":1,"AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"wJalrXUtnFEMI/K7MDENG","SessionToken":"token","Expiration":"2015-08-30T13:36:00Z","AccountId":"123456789012"}',
      '\ufeff{"Version": 1, "AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "x", "SessionToken": null}\n',
    ],
    words: [
      '"Version":',
      '"Version":"1"',
      '"__proto__":{"Version":1},',
      '"Expiration":',
      '"Expiration":"275760-09-13T00:00:00Z"',
      '"Expiration":0',
      '"SessionToken":""',
      '{',
      '}',
      '[',
      'null',
      '1e999',
      '\\n',
      '\\u0000',
      ',',
    ],
    check(text) {
      try {
        const credentials = parseCredentialJson(text)
        const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials
        for (const word of [accessKeyId, secretAccessKey.reveal(), sessionToken?.reveal() ?? 'none']) {
          assert.match(word, /^[\x21-\x7e]+$/)
        }
        const again = parseCredentialJson(formatCredentialJson(credentials))
        assert.equal(again.accessKeyId, accessKeyId)
        assert.equal(again.secretAccessKey.reveal(), secretAccessKey.reveal())
        assert.equal(again.sessionToken?.reveal(), sessionToken?.reveal())
        if (expiration) assert.equal(again.expiration?.getTime(), Math.floor(expiration.getTime() / 1000) * 1000)
      } catch (error) {
        if (!(error instanceof UnusableCredentialJson)) throw error
        assert.doesNotMatch(error.message, /wJalr|token"/, 'the message quotes what was read')
      }
    },
  },
]
