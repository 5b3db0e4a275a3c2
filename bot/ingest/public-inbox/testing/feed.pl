# Changes a public-inbox as its own tools do, but many mails in one process. Arguments: the inbox's name, and the bytes after which an epoch
# is full (0: as the tools have it). Commands on standard input, one a line: `add FILE`, `remove FILE`.
use strict;
use warnings;
use PublicInbox::Config;
use PublicInbox::Eml;
use PublicInbox::InboxWritable;

my ($name, $rotate) = @ARGV;
my $inbox = PublicInbox::Config->new->lookup_name($name) or die "no inbox $name\n";
my $import = PublicInbox::InboxWritable->new($inbox)->importer(0);
$import->{rotate_bytes} = $rotate if $rotate;
while (my $line = <STDIN>) {
	my ($command, $file) = $line =~ /\A(add|remove) (.+)\n\z/ or die "what is $line";
	open my $handle, '<', $file or die "$file: $!\n";
	my $bytes = do { local $/; <$handle> };
	my $mail = PublicInbox::Eml->new(\$bytes);
	my $done = $command eq 'add' ? $import->add($mail) : $import->remove($mail, 'removed');
	warn "$command $file: nothing done\n" unless $done;
}
$import->done;
