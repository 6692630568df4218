use super::*;
use crate::trace::record::parse;
use proptest::prelude::*;

/// Reads a line both ways; where the fast way takes it, both must agree.
fn both(line: &str, grant_by: &GrantBy) -> bool {
    let text = format!("{line}\nrest");
    let mut scan = Scan::default();
    let mut scanned = Record::of_tool("");
    let Some(next) = scan.record(&text, 0, grant_by, (0, &mut scanned)) else { return false };
    // What it remembers of a line must not make a difference when it reads it again.
    let mut again = Record::of_tool("");
    assert_eq!(scan.record(&text, 0, grant_by, (0, &mut again)), Some(next), "{line}");
    assert_eq!(again, scanned, "{line}");
    let parsed = parse(line.trim(), grant_by).unwrap_or_else(|why| panic!("{line}: {why}"));
    assert_eq!(&text[next..], "rest", "{line}");
    if let RecordArguments::Members { text, .. } = &scanned.arguments {
        let scanned = Record { arguments: RecordArguments::Json((*text).into()), ..scanned };
        assert_eq!(scanned, parsed, "{line}");
    } else {
        assert_eq!(scanned, parsed, "{line}");
    }
    true
}

const FULL: &str = r#"{"ts":"2026-03-01T10:00:00.250Z","grant":"g","session":"s","server":"o","client":"c","tool":"t","args":{"a":[1,-2.5e3,{"b":"\"\u00e9"}],"":null,"é":true},"id":"c-1","result":"tool_error","decision":"deny","team":{"x":[]}}"#;

#[test]
fn the_common_shape_is_read_as_the_reader_of_everything_reads_it() {
    for line in [
        FULL,
        r#"{"tool":"t"}"#,
        "  { \"tool\" : \"t\" , \"args\" : { } } \r",
        r#"{"tool":"t","ts":1772359200.5,"args":null,"id":7,"decision":null,"grant":null}"#,
        r#"{"tool":"t","args":[1,2]}"#,
        r#"{"x":1,"x":2,"tool":"t","args":{},"id":"\u0041"}"#,
        r#"{"tool":"t","cwd":"/srv","mode":"plan"}"#,
    ] {
        for by in ["grant", "session", "server", "client", "id", "team", "x", "args"] {
            assert!(both(line, &by.parse().unwrap()), "{line} is of the common shape");
        }
    }
}

#[test]
fn members_are_kept_apart_in_their_order() {
    let text = format!("{FULL}\n");
    let mut record = Record::of_tool("");
    Scan::default().record(&text, 0, &GrantBy::Grant, (0, &mut record)).unwrap();
    let RecordArguments::Json(_) = record.arguments else {
        panic!("an exponent is left to the reader of everything")
    };
    let line = "{\"tool\":\"t\",\"args\":{\"a\": [1, 2], \"b\":\"x\"}}\n";
    let mut record = Record::of_tool("");
    Scan::default().record(line, 0, &GrantBy::Grant, (0, &mut record)).unwrap();
    let RecordArguments::Members { text, members } = record.arguments else { panic!() };
    assert_eq!(text, "{\"a\": [1, 2], \"b\":\"x\"}");
    let members: Vec<_> = members.iter().map(|member| member.of(text)).collect();
    assert_eq!(members, [Some(("a", "[1, 2]")), Some(("b", "\"x\""))]);
}

#[test]
fn what_is_unusual_or_wrong_is_left_alone() {
    for line in [
        "",
        "{}",
        "[]",
        r#"{"tool":7}"#,
        r#"{"tool":"t","arguments":{}}"#,
        r#"{"tool":"t","tool":"t"}"#,
        r#"{"t\u006fol":"t"}"#,
        r#"{"tool":"t\n"}"#,
        r#"{"tool":"t","ts":"noon"}"#,
        r#"{"tool":"t","args_hash":"x"}"#,
        r#"{"tool":"t","result":null}"#,
        r#"{"tool":"t"} x"#,
        r#"{"tool":"t",}"#,
        r#"{"tool":"t" "a":1}"#,
        "{\"tool\":\"t\",\"a\":\"\t\"}",
        "{\"tool\":\n\"t\"}",
    ] {
        assert!(!both(line, &GrantBy::Grant), "{line}");
    }
}

proptest! {
    /// Broken lines are taken by neither or by both, never by the fast way alone.
    #[test]
    fn a_changed_byte_never_makes_the_two_disagree(
        at in 0..FULL.len(),
        byte in prop_oneof![Just(b'"'), Just(b'\\'), Just(b','), Just(b'{'), Just(b'}'),
            Just(b'0'), Just(b'.'), Just(b'e'), Just(b' '), Just(b'n'), 0u8..128],
        keep in any::<bool>(),
    ) {
        let mut bytes = FULL.as_bytes().to_vec();
        if keep { bytes[at] = byte } else { bytes.insert(at, byte) }
        if let Ok(line) = String::from_utf8(bytes)
            && !line.contains('\n')
        {
            both(&line, &GrantBy::Grant);
        }
    }
}
