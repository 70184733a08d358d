import fc from 'fast-check';

// Whether a mutant is caught is all that counts: the smallest example is not looked for.
fc.configureGlobal({ endOnFailure: true });
