"""The few lines of JavaScript of a report; without them everything can still be read."""

SCRIPT = """
function value(cell){return cell.dataset.value!==undefined?
 (cell.dataset.value===''?NaN:Number(cell.dataset.value)):cell.textContent.trim().toLowerCase()}
function compare(a,b){
 if(typeof a==='string'||typeof b==='string')return String(a).localeCompare(String(b));
 return a-b}
function sortTable(head){
 const table=head.closest('table'),body=table.tBodies[0],column=head.cellIndex;
 const down=head.getAttribute('aria-sort')==='ascending';
 table.querySelectorAll('th').forEach(other=>other.removeAttribute('aria-sort'));
 head.setAttribute('aria-sort',down?'descending':'ascending');
 const missing=v=>typeof v==='number'&&isNaN(v);
 [...body.rows].map(row=>[value(row.cells[column]),row])
  .sort(([a],[b])=>missing(a)||missing(b)?missing(a)-missing(b):(down?-1:1)*compare(a,b))
  .forEach(([,row])=>body.append(row))}
document.querySelectorAll('table.sortable th').forEach(head=>{
 const button=document.createElement('button');
 button.type='button';button.append(...head.childNodes);head.append(button);
 button.addEventListener('click',()=>sortTable(head))});
function reveal(){
 const words=decodeURIComponent(location.hash.slice(1));
 if(words.startsWith('sort=')){
  const head=document.querySelectorAll('table.sortable th')[Number(words.slice(5))];
  if(head)sortTable(head);return}
 const part=words&&document.getElementById(words);
 if(part&&part.tagName==='DETAILS')part.open=true}
addEventListener('hashchange',reveal);reveal();
let closed=[];
addEventListener('beforeprint',()=>{closed=[...document.querySelectorAll('details:not([open])')];
 closed.forEach(part=>{part.open=true})});
addEventListener('afterprint',()=>closed.forEach(part=>{part.open=false}));
"""
