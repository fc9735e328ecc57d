// Every constructor of a TLS fault, by way of the scenario's check, to what the injector's API takes.
import test from 'ava';
import {needsEmbedded, toToxic} from '../../src/faults/toxics.ts';
import type {Fault} from '../../src/model/fault.ts';
import {plannedFaultSchema} from '../../src/model/schema/scenario.ts';
import {tlsAlert, tlsClose, wrongCertificate} from '../../src/model/tls-fault.ts';
import {describeFault} from '../../src/report/blocks/faults.ts';

type Attributes = Readonly<Record<string, string | number | boolean>>;

const becomes = test.macro({
  title: (_title, _fault: Fault, _type: string, _attributes: Attributes, words: string) => words,
  exec(t, fault: Fault, type: string, attributes: Attributes, words: string) {
    t.deepEqual(plannedFaultSchema.parse(fault), fault);
    t.deepEqual(toToxic('phase-1', fault, 1000), {
      name: 'phase-1',
      stream: 'downstream',
      toxicity: 'probability' in fault ? fault.probability : 1,
      type,
      attributes: {server_name: '', ...attributes},
    });
    t.true(needsEmbedded(fault));
    t.is(describeFault(fault), words);
  },
});

test(becomes, tlsClose(), 'tls_close', {reset: false}, 'handshake closed (FIN) after the ClientHello');
test(
  becomes,
  tlsClose({reset: true, probability: 0.5}),
  'tls_close',
  {reset: true},
  'handshake reset (RST) after the ClientHello, on 50.0% of the handshakes',
);
test(
  becomes,
  tlsClose({serverName: '*.example.com'}),
  'tls_close',
  {reset: false, server_name: '*.example.com'},
  'handshake closed (FIN) after the ClientHello (*.example.com)',
);
test(
  becomes,
  tlsAlert(),
  'tls_alert',
  {alert: 40},
  'handshake answered with the alert handshake_failure (40)',
);
test(
  becomes,
  tlsAlert({alert: 'unrecognized_name'}),
  'tls_alert',
  {alert: 112},
  'handshake answered with the alert unrecognized_name (112)',
);
test(becomes, tlsAlert({alert: 51}), 'tls_alert', {alert: 51}, 'handshake answered with the alert 51');
test(
  becomes,
  wrongCertificate({problem: 'untrusted'}),
  'tls_certificate',
  {problem: 'untrusted'},
  'a certificate from an unknown authority',
);
test(
  becomes,
  wrongCertificate({problem: 'self-signed'}),
  'tls_certificate',
  {problem: 'self-signed'},
  'a certificate that is self-signed',
);
test(
  becomes,
  wrongCertificate({problem: 'expired'}),
  'tls_certificate',
  {problem: 'expired'},
  'a certificate that has expired',
);
test(
  becomes,
  wrongCertificate({problem: 'wrong-host'}),
  'tls_certificate',
  {problem: 'wrong-host'},
  'a certificate for another host',
);

const refused = test.macro({
  title: (_title, fault: object) => `${JSON.stringify(fault)} is refused`,
  exec(t, fault: object) {
    t.false(plannedFaultSchema.safeParse(fault).success);
  },
});

test(refused, {kind: 'tlsAlert', alert: 256});
test(refused, {kind: 'tlsAlert', alert: 'handshake_failure'});
test(refused, {kind: 'wrongCertificate', problem: 'ugly'});
test(refused, {kind: 'tlsClose', direction: 'upstream'});
