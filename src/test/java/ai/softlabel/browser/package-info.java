/** Looks at pages in a real browser. */
package ai.softlabel.browser;
