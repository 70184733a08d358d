import DefaultTheme from 'vitepress/theme';
import { h } from 'vue';

import oneRenewal from '../../../docs/images/one-renewal.svg?raw';
import { inline } from '../../picture.mjs';

import './style.css';

/** The default theme, with a picture beside the headline of the landing page. */
export default {
  extends: DefaultTheme,
  Layout: () =>
    h(DefaultTheme.Layout, null, {
      'home-hero-image': () => h('div', { class: 'hero-picture', innerHTML: inline(oneRenewal) }),
    }),
};
