import { expect, test } from 'vitest';
import { appLink, appLinkOf } from '../../common/app-link.ts';

test('a link into the app is the address of the page and the folder it is about', () => {
  const link = appLink({ address: '#/run/4/batches?node=check%2Fsend&batch=17', folder: '/home/ann/films & more' });
  expect(link).toBe('cronflow://run/4/batches?node=check%2Fsend&batch=17&folder=%2Fhome%2Fann%2Ffilms+%26+more');
  expect(appLinkOf(link)).toEqual({
    address: '#/run/4/batches?node=check%2Fsend&batch=17',
    folder: '/home/ann/films & more',
  });
});

test('a link that names no folder is about the one that is open', () => {
  expect(appLinkOf('cronflow://run/4')).toEqual({ address: '#/run/4', folder: undefined });
});

test.each([
  '/home/ann/films',
  'https://run/4',
  'cronflow:run',
  'cronflow-x://run/4',
  `cronflow://${'x'.repeat(9_000)}`,
])('no link: %s', text => {
  expect(appLinkOf(text)).toBeUndefined();
});
