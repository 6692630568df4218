//! A large document read in parts: a part is a document of the same form, with some elements of one of
//! its lists and with all that stands around the list.
//!
//! What stands around a list may stand behind it, so that every object is gone through before its
//! lists are.

mod task;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;

use super::lines::{LONGEST, TOO_LONG};
use crate::trace::formats::lists::Lists;
use crate::trace::json;
use crate::trace::json::walk::Walk;
use task::{Around, Fields, Inner, Next, Task, Whole, torn_element};

/// How much may stand around the lists of an object for it to be read in parts.
const AROUND: usize = 4 << 20;

/// How long the names of an object may be for it to be read in parts.
const LONGEST_NAME: usize = 64 << 10;

/// The parts of a document in a file.
pub(super) struct Parts {
    walk: Walk<BufReader<File>>,
    /// What is to be read, the next last.
    tasks: Vec<Task>,
    /// How large a part is, in bytes, but for what stands around its elements and for an element that
    /// is larger by itself.
    part: usize,
    /// The document that the latest part is of; none where each of its elements is one.
    latest: Option<Whole>,
    goes_on: bool,
}

/// What is wrong with a document.
pub(super) const NOT_JSON: &str = "not JSON: it breaks off, or its brackets, commas or names are not where they should be; what stands before that was read";

impl Parts {
    /// The parts of the document that lies between two places of a file.
    pub(super) fn new(
        file: File,
        span: (u64, u64),
        lists: Option<&'static Lists>,
        part: usize,
    ) -> Parts {
        // Where the file stands is not known, so that the first step is to go to a place.
        let mut walk = Walk::new(BufReader::with_capacity(part.clamp(16, 1 << 18), file));
        walk.at = u64::MAX;
        // In a list at the top each element is a document.
        let inner = Inner { object: lists, elements: lists };
        let (around, whole) = (Arc::default(), span.0);
        let tasks = vec![Task::Value { span: (whole, Some(span.1)), inner, around, whole }];
        Parts { walk, tasks, part, latest: None, goes_on: false }
    }

    /// The same of a document that breaks off.
    pub(super) fn torn(self, span: (u64, u64), lists: Option<&'static Lists>) -> Parts {
        let inner = Inner { object: lists, elements: lists };
        let tasks = vec![Task::Torn { span, inner, around: Arc::default(), whole: span.0 }];
        Parts { tasks, ..self }
    }

    /// Whether the latest part goes on with the document that the one before it is of.
    pub(super) fn go_on(&self) -> bool {
        self.goes_on
    }

    /// Reads the next part; false behind the last. With words where something of the document cannot
    /// be read.
    pub(super) fn next(&mut self, text: &mut Vec<u8>) -> io::Result<Result<bool, String>> {
        while let Some(task) = self.tasks.pop() {
            let (has_part, whole) = match task {
                Task::Value { span, inner, around, whole } => {
                    (self.value(span, inner, &around, whole, text)?, Some(whole))
                }
                Task::Torn { span, inner, around, whole } => {
                    (self.whole_lists(span, inner, &around, whole)?, Some(whole))
                }
                Task::Tear => (Err(NOT_JSON.to_owned()), None),
                Task::Elements { span, is_first, lists, around, whole } => {
                    (self.elements(span, is_first, (lists, &around, whole), text)?, whole)
                }
            };
            match has_part {
                Ok(false) => {}
                Ok(true) => {
                    self.goes_on = whole.is_some() && self.latest == whole;
                    self.latest = whole;
                    return Ok(Ok(true));
                }
                Err(why) => {
                    // Where the next thing would begin is not known.
                    if why == NOT_JSON {
                        self.tasks.clear();
                    }
                    return Ok(Err(why));
                }
            }
        }
        Ok(Ok(false))
    }

    /// Sets about reading the lists of a value that breaks off, as far as they go.
    fn whole_lists(
        &mut self,
        (start, end): (u64, u64),
        inner: Inner,
        around: &Arc<Around>,
        whole: Whole,
    ) -> io::Result<Result<bool, String>> {
        self.seek(start)?;
        match (self.walk.peek()?, inner.object) {
            (Some(b'['), _) => {
                self.walk.pass(1);
                let (span, lists, around) = ((self.walk.at, end), inner.elements, around.clone());
                let whole = Some(whole);
                self.tasks.push(Task::Elements { span, is_first: true, lists, around, whole });
            }
            (Some(b'{'), Some(lists)) => match self.fields(lists, around, whole, Some(end))? {
                Fields::Parted(tasks) => self.tasks.extend(tasks),
                Fields::Whole | Fields::NotJson => self.tasks.push(Task::Tear),
            },
            _ => self.tasks.push(Task::Tear),
        }
        Ok(Ok(false))
    }

    /// Gives a value that is small enough or cannot be parted, and sets about parting another.
    fn value(
        &mut self,
        (start, end): (u64, Option<u64>),
        inner: Inner,
        around: &Arc<Around>,
        whole: Whole,
        text: &mut Vec<u8>,
    ) -> io::Result<Result<bool, String>> {
        self.seek(start)?;
        let is_large = end.is_none_or(|end| end - start > self.part as u64);
        let first = self.walk.peek()?.filter(|_| is_large);
        if let (Some(b'{'), Some(lists)) = (first, inner.object) {
            match self.fields(lists, around, whole, end)? {
                Fields::Parted(tasks) => {
                    self.ends_here(end);
                    self.tasks.extend(tasks);
                    return Ok(Ok(false));
                }
                Fields::Whole => {}
                Fields::NotJson => return Ok(Err(NOT_JSON.to_owned())),
            }
        }
        let Some(end) = end else {
            self.seek(start)?;
            if !self.walk.value(|_| Ok(()))? {
                return Ok(Err(NOT_JSON.to_owned()));
            }
            self.ends_here(end);
            let span = (start, Some(self.walk.at));
            return self.value(span, Inner { object: None, ..inner }, around, whole, text);
        };
        if first == Some(b'[') {
            self.walk.pass(1);
            let lists = inner.elements;
            let (span, around) = ((self.walk.at, end), Arc::clone(around));
            // Nothing stands around the list at the top.
            let whole = (!around.before.is_empty()).then_some(whole);
            self.tasks.push(Task::Elements { span, is_first: true, lists, around, whole });
            return Ok(Ok(false));
        }
        let length = end - start;
        if length > LONGEST as u64 {
            return Ok(Err(TOO_LONG.to_owned()));
        }
        self.seek(start)?;
        text.clear();
        text.extend_from_slice(&around.before);
        self.walk.reader.by_ref().take(length).read_to_end(text)?;
        self.walk.at += length;
        text.extend_from_slice(&around.behind);
        Ok(Ok(true))
    }

    /// Says where the next task begins, if that was not known: where this value ends.
    fn ends_here(&mut self, known: Option<u64>) {
        if let (None, Some(Task::Elements { span, .. })) = (known, self.tasks.last_mut()) {
            span.0 = self.walk.at;
        }
    }

    /// Gathers elements until they make a part.
    fn elements(
        &mut self,
        (at, list_end): (u64, u64),
        mut is_first: bool,
        (lists, around, whole): (Option<&'static Lists>, &Arc<Around>, Option<Whole>),
        text: &mut Vec<u8>,
    ) -> io::Result<Result<bool, String>> {
        self.seek(at)?;
        text.clear();
        text.extend_from_slice(&around.before);
        text.push(b'[');
        let start = text.len();
        // A list without elements is a part, too: it is to be read that it is none.
        let mut has_part = is_first;
        loop {
            match self.member(b']', is_first)? {
                Next::End if self.is_all_blank(list_end)? => break,
                Next::Begins => {}
                _ => {
                    self.tasks.push(Task::Tear);
                    has_part = text.len() > start;
                    break;
                }
            }
            let (before, element) = (text.len(), self.walk.at);
            if before > start {
                text.push(b',');
            }
            is_first = false;
            let found = self.walk.value_up_to(self.part as u64, |piece| {
                text.extend_from_slice(piece);
                Ok(())
            })?;
            let here = self.walk.at;
            if found == Some(false) || here == element || here > list_end {
                text.truncate(before);
                has_part = before > start;
                let span = (element, list_end);
                self.tasks.push(torn_element(span, lists, around, whole.unwrap_or(element)));
                break;
            }
            let is_large = here - element > self.part as u64;
            if is_large || text.len() - start >= self.part {
                let (span, rest) = ((here, list_end), Arc::clone(around));
                self.tasks.push(Task::Elements { span, is_first, lists, around: rest, whole });
            }
            if is_large {
                text.truncate(before);
                has_part = before > start;
                let around = Arc::new(around.within(b"[", b"]"));
                let inner = Inner { object: lists, elements: None };
                let whole = whole.unwrap_or(element);
                let span = (element, found.map(|_| here));
                self.tasks.push(Task::Value { span, inner, around, whole });
                break;
            }
            has_part = true;
            if text.len() - start >= self.part {
                break;
            }
        }
        text.push(b']');
        text.extend_from_slice(&around.behind);
        Ok(Ok(has_part))
    }

    /// Goes to the next element of a list or member of an object, which ends with a bracket.
    fn member(&mut self, bracket: u8, is_first: bool) -> io::Result<Next> {
        let byte = self.walk.peek()?;
        if byte == Some(bracket) {
            self.walk.pass(1);
            return Ok(Next::End);
        }
        if !is_first {
            if byte != Some(b',') {
                return Ok(Next::NotJson);
            }
            self.walk.pass(1);
        }
        let begins = !matches!(self.walk.peek()?, None | Some(b',' | b']' | b'}'));
        Ok(if begins { Next::Begins } else { Next::NotJson })
    }

    /// Goes through an object for the places of its lists and all else that it says.
    fn fields(
        &mut self,
        lists: &'static Lists,
        around: &Around,
        whole: Whole,
        end: Option<u64>,
    ) -> io::Result<Fields> {
        self.walk.pass(1);
        let mut others: Vec<u8> = Vec::new();
        let mut found: Vec<(usize, u64, u64)> = Vec::new();
        let last = end.unwrap_or(u64::MAX);
        let mut tear = None;
        let mut is_first = true;
        loop {
            let mut name = Vec::new();
            match self.name(&mut name, is_first)? {
                Next::End => break,
                Next::Begins => {}
                Next::NotJson if name.len() == LONGEST_NAME => return Ok(Fields::Whole),
                Next::NotJson => {
                    tear = Some(None);
                    break;
                }
            }
            is_first = false;
            let known = others.len();
            let place = json::read::<Cow<'_, str>>(std::str::from_utf8(&name).unwrap_or_default())
                .and_then(|name| lists.fields.iter().position(|field| **field == *name));
            let start = self.walk.at;
            if place.is_none() {
                others.extend_from_slice(&name);
                others.push(b':');
            }
            let is_whole = self.walk.value(|piece| {
                if place.is_none() && others.len() <= AROUND {
                    others.extend_from_slice(piece);
                }
                Ok(())
            })?;
            if !is_whole || self.walk.at == start || self.walk.at > last {
                others.truncate(known);
                tear = Some(place.map(|place| (place, start, last)));
                break;
            }
            match place {
                Some(place) if found.iter().any(|(known, ..)| *known == place) => {
                    return Ok(Fields::NotJson);
                }
                Some(place) => found.push((place, start, self.walk.at)),
                None if others.len() > AROUND => return Ok(Fields::Whole),
                None => others.push(b','),
            }
        }
        if tear.is_none()
            && let Some(end) = end
            && !self.is_all_blank(end)?
        {
            return Ok(Fields::NotJson);
        }
        if tear.is_none() && found.is_empty() {
            return Ok(Fields::Whole);
        }
        found.sort_by_key(|(place, ..)| Reverse(*place));
        let list = |(place, start, end): (usize, u64, u64)| {
            let name = lists.fields[place];
            let before = [b"{", &*others, b"\"", name.as_bytes(), b"\":"].concat();
            let inner = Inner { object: lists.within, elements: lists.of_elements };
            ((start, end), inner, Arc::new(around.within(&before, b"}")))
        };
        let tear = tear.map(|torn| match torn {
            Some(torn) => {
                let (span, inner, around) = list(torn);
                Task::Torn { span, inner, around, whole }
            }
            None => Task::Tear,
        });
        let found = found.into_iter().map(list);
        let found = found.map(|((start, end), inner, around)| {
            let span = (start, Some(end));
            Task::Value { span, inner, around, whole }
        });
        Ok(Fields::Parted(tear.into_iter().chain(found).collect()))
    }

    /// Goes to the value of the next member of an object, by its name.
    fn name(&mut self, name: &mut Vec<u8>, is_first: bool) -> io::Result<Next> {
        match self.member(b'}', is_first)? {
            Next::Begins if self.walk.peek()? == Some(b'"') => {}
            Next::Begins => return Ok(Next::NotJson),
            other => return Ok(other),
        }
        self.walk.value(|piece| {
            name.extend_from_slice(&piece[..piece.len().min(LONGEST_NAME - name.len())]);
            Ok(())
        })?;
        if name.len() == LONGEST_NAME || self.walk.peek()? != Some(b':') {
            return Ok(Next::NotJson);
        }
        self.walk.pass(1);
        let begins = !matches!(self.walk.peek()?, None | Some(b',' | b'}'));
        Ok(if begins { Next::Begins } else { Next::NotJson })
    }

    /// Whether nothing but white space stands before a place.
    fn is_all_blank(&mut self, end: u64) -> io::Result<bool> {
        Ok(self.walk.peek()?.is_none() || self.walk.at >= end)
    }

    fn seek(&mut self, at: u64) -> io::Result<()> {
        if self.walk.at != at {
            self.walk.reader.seek(SeekFrom::Start(at))?;
            self.walk.at = at;
        }
        Ok(())
    }
}
